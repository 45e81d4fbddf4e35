//! Damaged and hostile texts: never a panic, and a cost that grows with the bytes.
use super::{read, text_record};
use exauth::record::records_of_text;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Shapes of all readers, to be cut, mixed and filled.
const SHAPES: [&str; 14] = [
    "220 ex2.contoso.com ESMTP\nehlo x\n250-ex2.contoso.com Hello [192.0.2.1]\n250-X-EXPS GSSAPI\n250 XRDST\n454 4.7.0 x\n",
    "2026-10-01T10:00:00.000Z,EX2\\Default EX2,08D0000000000001,0,192.0.2.2:25,[2001:db8::1%3]:9,<,\"EHLO \"\"a\"\", b\",c\n",
    "#Log-type: SMTP Send Protocol Log\n#Fields: date-time,session-id,event,data,context,remote-endpoint\n1,2,>,EHLO x,y,z\n",
    "2026-10-01T21:08:37.583Z,08D0000000000071,SMTP,site2,-,Messages: 0 Bytes: 0 (Retry : 454 4.7.0 x)\n",
    "<location path='a'><windowsAuthentication enabled=\"true\"><providers><add value='NTLM'/></providers></windowsAuthentication>\n",
    "NTAuthenticationProviders       : (STRING) \"Negotiate,NTLM\"\nWWW-Authenticate: NTLM\nHTTP/1.1 401 x\n",
    "    IP:port   : 0.0.0.0:444\n    Hash : aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
    "[ex1.contoso.com] WinRM 0x80090322 Kerberos HTTP 403\n+ FullyQualifiedErrorId : -2144108212,PSSessionOpenFailed\n",
    "VERBOSE: Connecting to ex1.contoso.com.\nVERBOSE: Connecting to ex1.contoso.com.\n",
    "503 Failed authentication on backend server: Unauthorized\nNegotiateSecurityContext failed with for host 'a' with status 'b'\n",
    "========== Starting at 1 ==========\nName : EX1\nLatest: 1/1/2026 1:00:00 AM, CONTOSO\\ASA$\nTHE SCRIPT HAS SUCCEEDED\n",
    "......................... DC1 passed test\n\n  Replications\n",
    "   IPv4 Address. . . . . . . . . . . : 192.0.2.1(Preferred)\n   Subnet Mask . . . . : 255.255.255.0\n   DNS Servers . . . . : 192.0.2.10\n",
    "#Fields: DateTime,HttpStatus,BackEndStatus,IsAuthenticated,TargetServer\n1,401,401,true,ex2\n",
];

const FROM: [&str; 12] = [
    "",
    "telnet ex2 25",
    "SmtpReceive",
    "SmtpSend",
    "Connectivity",
    "HttpProxy",
    "appcmd list config x",
    "curl -I http://ex2/",
    "netsh http show sslcert ipport=0.0.0.0:444",
    "New-PSSession",
    "dcdiag",
    "ipconfig /all",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mixed_and_damaged_texts_never_panic(
        parts in proptest::collection::vec(proptest::sample::select(SHAPES.to_vec()), 1..5),
        from in proptest::sample::select(FROM.to_vec()),
        cut in 0usize..1500, insert in proptest::collection::vec((0usize..1500, any::<char>()), 0..8),
        remove in proptest::collection::vec(0usize..1500, 0..8),
    ) {
        let mut chars: Vec<char> = parts.concat().chars().take(cut).collect();
        for (at, c) in insert {
            let at = at % (chars.len() + 1);
            chars.insert(at, c);
        }
        for at in remove {
            if !chars.is_empty() {
                let at = at % chars.len();
                chars.remove(at);
            }
        }
        let text: String = chars.into_iter().collect();
        let records = records_of_text(&text_record(from, "EX1", &text));
        prop_assert!(records.len() < 1000);
    }
}

/// Reads a text made of many parts, and of four times as many.
fn cost(from: &str, part: &str) -> (Duration, Duration) {
    let time = |count: usize| {
        let text = part.repeat(count);
        let start = Instant::now();
        let _ = records_of_text(&text_record(from, "EX1", &text));
        start.elapsed()
    };
    let count = 12_000 / part.len();
    (time(count), time(4 * count))
}

#[test]
fn the_cost_of_a_hostile_text_grows_with_its_bytes() {
    let hostile = [
        ",",
        "\"\"",
        "\"",
        ",\"",
        "[",
        "250-",
        "250-X-EXPS\n",
        "220 a ESMTP\n",
        "<windowsAuthentication>",
        "<add value='x'",
        "<add ",
        "......................... ",
        "......................... DC1 x\n",
        " . . . . : ",
        "Latest: ",
        "a, b\\c$ ",
        "VERBOSE: a.b.c ",
        "-2144108212,",
        "failed because of ",
        "* * * * * * ",
        "HTTP ",
        "NegotiateSecurityContext failed '",
        "x : 1.1.1.1:1\n",
        "<,EHLO a,\n",
        "2026Z,a,08D0000000000001,0,a:1,b:1,<,EHLO a,\n",
        "2026Z,08D0000000000001,SMTP,a,-,x (Retry : 454 4.7.0 a)\n",
    ];
    for part in hostile {
        for from in [
            "",
            "telnet ex2 25",
            "SmtpReceive",
            "Connectivity",
            "appcmd list config x",
            "Get-ClientAccessServer",
            "ipconfig",
            "New-PSSession",
        ] {
            let (small, large) = cost(from, part);
            // Four times the bytes; squared it would be sixteen times.
            if std::env::var_os("SHOW_COST").is_some() {
                println!("{part:?} as {from:?}: {small:?} then {large:?}");
            }
            let limit = small.mul_f64(10.0).max(Duration::from_millis(300));
            assert!(large < limit, "{part:?} as {from:?}: {small:?} then {large:?}");
        }
    }
    assert!(read("", "").is_empty());
}
