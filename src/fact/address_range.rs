//! Ranges of addresses and endpoints as receive connectors name them.
//!
//! `a-b`, `a/bits`, `a/mask`, `a(mask)` or one address, of either family; `192.0.2.1:25`,
//! `0.0.0.0:25`, `[::]:25`. What cannot be read is `None`: it must not be read as "nobody".

use super::parse_address;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses of one family as numbers, from low to high, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddressRange {
    v6: bool,
    low: u128,
    high: u128,
}

fn number(address: IpAddr) -> (bool, u128) {
    match address {
        IpAddr::V4(v4) => (false, u128::from(u32::from(v4))),
        IpAddr::V6(v6) => (true, u128::from(v6)),
    }
}

/// The addresses that share the first `bits` bits with `base`.
fn block(v6: bool, base: u128, bits: u32) -> Option<AddressRange> {
    let rest = if v6 { 128u32 } else { 32 }.checked_sub(bits)?;
    let span = if rest == 128 { u128::MAX } else { (1u128 << rest) - 1 };
    Some(AddressRange { v6, low: base & !span, high: base | span })
}

/// The number of bits of a subnet mask; `None` where ones follow zeros.
fn bits_of_mask(mask: &str) -> Option<u32> {
    let mask = u32::from(mask.parse::<Ipv4Addr>().ok()?);
    (mask.leading_ones() == mask.count_ones()).then(|| mask.leading_ones())
}

impl AddressRange {
    /// Reads any of the notations; `None` for what is none.
    pub fn parse(text: &str) -> Option<AddressRange> {
        let text = text.trim();
        let address = |text: &str| text.trim().parse::<IpAddr>().ok().map(|ip| number(ip.to_canonical()));
        if let Some((low, high)) = text.split_once('-') {
            let ((v6, low), (high_v6, high)) = (address(low)?, address(high)?);
            return (v6 == high_v6 && low <= high).then_some(AddressRange { v6, low, high });
        }
        if let Some((base, mask)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
            let (v6, base) = address(base)?;
            return block(v6, base, bits_of_mask(mask.trim()).filter(|_| !v6)?);
        }
        if let Some((base, bits)) = text.split_once('/') {
            let (v6, base) = number(base.trim().parse().ok()?);
            let bits = bits.trim();
            let bits = bits.parse().ok().or_else(|| bits_of_mask(bits).filter(|_| !v6))?;
            return block(v6, base, bits);
        }
        address(text).map(|(v6, address)| AddressRange { v6, low: address, high: address })
    }

    /// One address.
    pub fn of(address: IpAddr) -> AddressRange {
        let (v6, address) = number(address.to_canonical());
        AddressRange { v6, low: address, high: address }
    }

    /// True for an address in it, however it is written.
    pub fn holds(&self, address: IpAddr) -> bool {
        self.contains(&AddressRange::of(address))
    }

    /// True when all of `other` lies in it.
    pub fn contains(&self, other: &AddressRange) -> bool {
        self.v6 == other.v6 && self.low <= other.low && other.high <= self.high
    }

    /// Number of addresses but one: less is more specific.
    pub fn span(&self) -> u128 {
        self.high - self.low
    }

    /// Its first address.
    pub fn first(&self) -> IpAddr {
        self.address(self.low)
    }

    /// All addresses of its family.
    pub fn is_everyone(&self) -> bool {
        self.low == 0 && self.high == if self.v6 { u128::MAX } else { u128::from(u32::MAX) }
    }

    /// What is left of it without `other`.
    pub fn without(&self, other: &AddressRange) -> Vec<AddressRange> {
        if self.v6 != other.v6 || other.high < self.low || self.high < other.low {
            return vec![*self];
        }
        let below = other.low.checked_sub(1).filter(|high| *high >= self.low);
        let above = other.high.checked_add(1).filter(|low| *low <= self.high);
        let below = below.map(|high| AddressRange { high, ..*self });
        below.into_iter().chain(above.map(|low| AddressRange { low, ..*self })).collect()
    }

    /// What is left of `ranges` without `gone`, in the order of `ranges`.
    pub fn without_all(ranges: &[AddressRange], gone: Vec<AddressRange>) -> Vec<AddressRange> {
        let gone = AddressRange::joined(gone);
        let mut left = Vec::with_capacity(ranges.len());
        for range in ranges {
            let first = gone.partition_point(|g| (g.v6, g.high) < (range.v6, range.low));
            let mut rest = vec![*range];
            for taken in gone.iter().skip(first).take_while(|g| (g.v6, g.low) <= (range.v6, range.high)) {
                // Sorted: it takes from the last piece only.
                if let Some(last) = rest.pop() {
                    rest.extend(last.without(taken));
                }
            }
            left.extend(rest);
        }
        left
    }

    /// Ranges of the same addresses, sorted, each as wide as it can be and none twice.
    pub fn joined(mut ranges: Vec<AddressRange>) -> Vec<AddressRange> {
        ranges.sort_unstable();
        let mut joined: Vec<AddressRange> = Vec::new();
        for range in ranges {
            match joined.last_mut() {
                Some(last) if last.v6 == range.v6 && range.low <= last.high.saturating_add(1) => {
                    last.high = last.high.max(range.high);
                }
                _ => joined.push(range),
            }
        }
        joined
    }

    /// `ranges` in pieces that every one of `cuts` holds whole or not at all.
    pub fn cut(ranges: &[AddressRange], cuts: &[AddressRange]) -> Vec<AddressRange> {
        // Where a piece begins: at a range, and behind one.
        let mut starts: Vec<(bool, u128)> = cuts
            .iter()
            .flat_map(|cut| [Some((cut.v6, cut.low)), cut.high.checked_add(1).map(|next| (cut.v6, next))])
            .flatten()
            .collect();
        starts.sort_unstable();
        starts.dedup();
        let mut pieces = Vec::new();
        for range in ranges {
            let mut rest = *range;
            let from = starts.partition_point(|start| *start <= (range.v6, range.low));
            for (_, start) in starts.iter().skip(from).take_while(|s| **s <= (range.v6, range.high)) {
                pieces.push(AddressRange { high: start.saturating_sub(1), ..rest });
                rest.low = *start;
            }
            pieces.push(rest);
        }
        pieces
    }

    fn address(&self, number: u128) -> IpAddr {
        match u32::try_from(number) {
            Ok(v4) if !self.v6 => IpAddr::V4(Ipv4Addr::from(v4)),
            _ => IpAddr::V6(Ipv6Addr::from(number)),
        }
    }
}

impl fmt::Display for AddressRange {
    /// As Exchange takes it: one address, a block where it is one, else from and to.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.address(self.low);
        let width = if self.v6 { 128u32 } else { 32 };
        let free = (self.low ^ self.high).checked_add(1).map_or(128, u128::trailing_zeros);
        match block(self.v6, self.low, width.saturating_sub(free)) {
            _ if self.low == self.high => write!(f, "{first}"),
            Some(block) if block == *self && !self.is_everyone() => {
                write!(f, "{first}/{}", width.saturating_sub(free))
            }
            _ => write!(f, "{first}-{}", self.address(self.high)),
        }
    }
}

/// A place where a connector listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    /// The address of the server; the unspecified one stands for all of its family.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
}

impl Endpoint {
    /// Reads `192.0.2.1:25` and `[::]:25`.
    pub fn parse(text: &str) -> Option<Endpoint> {
        let (_, port) = text.rsplit_once(':')?;
        Some(Endpoint { address: parse_address(text)?, port: port.trim().parse().ok()? })
    }

    /// True when two services cannot listen on both.
    pub fn meets(&self, other: &Endpoint) -> bool {
        let open = self.address.is_unspecified() || other.address.is_unspecified();
        self.port == other.port
            && self.address.is_ipv6() == other.address.is_ipv6()
            && (open || self.address == other.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> AddressRange {
        AddressRange::parse(text).unwrap()
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn ranges_are_read_in_every_notation() {
        assert!(range("0.0.0.0-255.255.255.255").is_everyone());
        assert!(range("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").is_everyone());
        assert!(range("192.0.2.0/24").holds(address("192.0.2.255")));
        assert!(!range("192.0.2.0/24").holds(address("192.0.3.0")));
        assert!(range("192.0.2.0/255.255.255.0").holds(address("192.0.2.9")));
        assert_eq!(range("192.0.2.9(255.255.255.0)"), range("192.0.2.0/24"));
        assert!(range("192.0.2.7").holds(address("::ffff:192.0.2.7")));
        assert_eq!(range("::ffff:192.0.2.7"), range("192.0.2.7"));
        assert!(range("2001:db8::/32").holds(address("2001:db8:1::1")));
        assert!(range("::/0").is_everyone());
        assert!(!range("::/0").holds(address("192.0.2.7")));
        let wrong = ["", "x", "192.0.2.9-192.0.2.1", "192.0.2.0/40", "192.0.2.1-::1", "192.0.2.0/-1"];
        for wrong in
            wrong.into_iter().chain(["192.0.2.0/255.0.255.0", "2001:db8::/255.255.0.0", "192.0.2.1(24)"])
        {
            assert_eq!(AddressRange::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_range_is_written_as_it_is_read() {
        for text in
            ["192.0.2.7", "192.0.2.0/24", "192.0.2.1-192.0.2.9", "2001:db8::/32", "2001:db8::1-2001:db8::9"]
        {
            assert_eq!(range(text).to_string(), text);
        }
        assert_eq!(range("0.0.0.0/0").to_string(), "0.0.0.0-255.255.255.255");
        assert_eq!(range("192.0.2.0-192.0.2.255").to_string(), "192.0.2.0/24");
        assert_eq!(range("::/0").to_string(), "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    }

    #[test]
    fn addresses_are_taken_out_and_joined_again() {
        let rest = range("192.0.2.0/24").without(&range("192.0.2.11"));
        assert_eq!(rest, [range("192.0.2.0-192.0.2.10"), range("192.0.2.12-192.0.2.255")]);
        let gone = ["192.0.2.0", "192.0.2.10-192.0.2.12", "192.0.2.255", "2001:db8::1"].map(range).to_vec();
        let left =
            AddressRange::without_all(&[range("192.0.2.0/24"), range("192.0.2.11"), range("::1")], gone);
        assert_eq!(left, [range("192.0.2.1-192.0.2.9"), range("192.0.2.13-192.0.2.254"), range("::1")]);
        assert!(range("192.0.2.11").without(&range("192.0.2.0/24")).is_empty());
        assert_eq!(range("::/0").without(&range("192.0.2.0/24")), [range("::/0")]);
        assert_eq!(range("0.0.0.0/0").without(&range("0.0.0.0/1")), [range("128.0.0.0/1")]);
        let all = rest.into_iter().chain([range("192.0.2.11"), range("2001:db8::1")]).collect();
        assert_eq!(AddressRange::joined(all), [range("192.0.2.0/24"), range("2001:db8::1")]);
    }

    #[test]
    fn pieces_lie_whole_in_a_range_or_out_of_it() {
        let cuts = [range("192.0.2.16/28"), range("192.0.2.20"), range("2001:db8::1")];
        let pieces = AddressRange::cut(&[range("192.0.2.0/27")], &cuts);
        let texts: Vec<String> = pieces.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["192.0.2.0/28", "192.0.2.16/30", "192.0.2.20", "192.0.2.21-192.0.2.31"]);
        assert_eq!(AddressRange::cut(&[range("::/0")], &[]), [range("::/0")]);
    }

    #[test]
    fn endpoints_meet_where_one_listens_on_every_address_of_the_family() {
        let meets = |a: &str, b: &str| Endpoint::parse(a).unwrap().meets(&Endpoint::parse(b).unwrap());
        assert!(meets("0.0.0.0:25", "192.0.2.20:25") && meets("192.0.2.20:25", "192.0.2.20:25"));
        assert!(!meets("192.0.2.20:25", "192.0.2.21:25") && !meets("0.0.0.0:25", "[::]:25"));
        assert!(meets("[::]:25", "[2001:db8::1]:25") && !meets("0.0.0.0:25", "0.0.0.0:2525"));
        assert_eq!(Endpoint::parse("192.0.2.20"), None);
    }
}
