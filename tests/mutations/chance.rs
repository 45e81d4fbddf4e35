//! Chance that is the same in every run: seeded with the name of what it is used for.

/// A generator of numbers (splitmix64).
pub struct Chance(u64);

impl Chance {
    /// The numbers of a name.
    pub fn of(name: &str) -> Chance {
        // FNV-1a: the standard library's hash may change with its version.
        Chance(name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        }))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = self.below(at + 1);
            items.swap(at, other);
        }
    }
}

/// How many times as much as usual is tried: the variable `EXAUTH_MUTATIONS`.
pub fn effort() -> usize {
    std::env::var("EXAUTH_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(1).max(1)
}
