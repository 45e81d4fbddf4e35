//! SMTP dialogs at a console, and the two protocol logs.
use super::{lines, one, read, read_on};

const FULL: &str = "220 EX2.contoso.com Microsoft ESMTP MAIL Service ready at Thu, 1 Oct 2026 10:00:00 +0200\r\nehlo EX1.contoso.com\r\n\
    250-EX2.contoso.com Hello [192.0.2.1]\r\n250-SIZE\r\n250-PIPELINING\r\n250-STARTTLS\r\n250-X-ANONYMOUSTLS\r\n250-AUTH NTLM\r\n\
    250-X-EXPS GSSAPI NTLM\r\n250 XRDST\r\n";

#[test]
fn a_typed_dialog_tells_who_answered_and_what_was_offered() {
    let facts = one("smtp-session", "telnet ex2.contoso.com 25", FULL);
    assert_eq!(
        lines(&facts),
        [
            "smtp_session.side=console",
            "smtp_session.server=ex2.contoso.com",
            "smtp_session.client=EX1",
            "smtp_session.client_ip=192.0.2.1",
            "smtp_session.local=False",
            "smtp_session.port=25",
            "smtp_session.offers_x_exps=True",
            "smtp_session.offers_x_anonymoustls=True",
            "smtp_session.offers_starttls=True",
            "smtp_session.banner_masked=False",
            "smtp_session.replies=[]",
        ]
    );
}

#[test]
fn the_same_dialog_is_read_without_its_command_and_with_other_clients_marks() {
    let marked = FULL
        .replace("\r\n", "\n")
        .replace("\n250", "\n<-  250")
        .replace("220 EX2", "<-  220 EX2")
        .replace("ehlo", " -> EHLO");
    let echoed = format!("C:\\>telnet ex2.contoso.com 25\n{FULL}");
    let no_client = FULL.replace("ehlo EX1.contoso.com\r\n", "");
    for text in [FULL, &marked, &echoed, &no_client, &FULL.replace("\r\n", "\n  ")] {
        let facts = one("smtp-session", "", text);
        assert_eq!(facts.flag("smtp_session.offers_x_exps"), Some(true), "{text}");
        let server = facts.text("smtp_session.server").unwrap();
        assert!(server.eq_ignore_ascii_case("ex2.contoso.com"), "{server}");
    }
}

#[test]
fn a_server_asked_from_itself_is_itself() {
    for target in ["localhost", "127.0.0.1", "EX2", "ex2.contoso.com", "::1"] {
        let all = read_on("EX2", &format!("telnet {target} 25"), &FULL.replace("192.0.2.1", "127.0.0.1"));
        let facts = &all[0].1;
        assert_eq!(facts.flag("smtp_session.local"), Some(true), "{target}");
        assert_eq!(facts.text("smtp_session.server"), Some("EX2"), "{target}");
    }
}

#[test]
fn an_answer_without_offers_offers_nothing_and_a_cut_one_does_not_tell() {
    let text =
        "220 ex2.contoso.com Microsoft ESMTP MAIL Service\nEHLO ex1\n250 ex2.contoso.com Hello [192.0.2.1]\n";
    let facts = one("smtp-session", "telnet ex2 25", text);
    assert_eq!(facts.flag("smtp_session.offers_x_exps"), Some(false));
    let cut = one("smtp-session", "telnet ex2 25", &FULL[..FULL.find("250-X-ANON").unwrap()]);
    assert_eq!(cut.flag("smtp_session.offers_x_exps"), None);
    assert_eq!(cut.flag("smtp_session.offers_starttls"), Some(true));
    let helo = text.replace("EHLO", "HELO");
    assert_eq!(one("smtp-session", "telnet ex2 25", &helo).flag("smtp_session.offers_x_exps"), None);
}

#[test]
fn words_that_something_wrote_over_are_noticed() {
    for text in [
        "220 ************************0*2*****0***********************2******2***0*****\nehlo ex1\n500 5.3.3 Unrecognized command\n",
        "220 ex2.contoso.com ESMTP\nehlo ex1\n250-ex2.contoso.com Hello [192.0.2.1]\n250-SIZE\n250-XXXXXXXA\n250 XXXB\n",
        "220 ex2.contoso.com ESMTP\nXXXX ex1\n500 5.3.3 Unrecognized command\n",
    ] {
        let facts = one("smtp-session", "", text);
        assert_eq!(facts.flag("smtp_session.banner_masked"), Some(true), "{text}");
    }
}

#[test]
fn a_switched_off_server_and_a_refused_one_are_told_apart() {
    let all = read("telnet ex2 25", "421 4.3.2 Service not active\n");
    assert_eq!(all[0].1.flag("smtp_session.component_inactive"), Some(true));
    assert_eq!((all[1].0, all[1].1.text("reply.host")), ("reply", Some("ex2")));
    let busy = "421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing transmission channel\n";
    let facts = one("smtp-session", "telnet ex2 25", busy);
    assert_eq!(facts.flag("smtp_session.component_inactive"), None);
    // Without a dialog around it this is a pasted reply.
    assert_eq!(read("", "421 4.3.2 Service not active\n")[0].0, "reply");
}

const HEADER: &str = "#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP Receive Protocol Log\r\n\
    #Date: 2026-10-01T00:00:00.000Z\r\n\
    #Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n";

fn row(session: &str, number: u32, event: &str, data: &str, context: &str) -> String {
    let data = if data.contains(',') { format!("\"{data}\"") } else { data.to_owned() };
    format!(
        "2026-10-01T10:00:0{}.000Z,EX2\\Default Frontend EX2,08D000000000000{session},{number},\
         [2001:db8::2%4]:25,[2001:db8::1]:4711,{event},{data},{context}\r\n",
        number % 10
    )
}

#[test]
fn interleaved_sessions_of_a_receive_log_are_kept_apart() {
    let mut text = HEADER.to_owned();
    let first = [
        ("+", "", ""),
        (">", "220 ex2.contoso.com Microsoft ESMTP MAIL Service ready at Thu, 1 Oct 2026 10:00:00 +0200", ""),
        ("<", "EHLO ex1.contoso.com", ""),
        (">", "250  ex2.contoso.com Hello [2001:db8::1] SIZE 37748736 X-ANONYMOUSTLS AUTH NTLM X-EXPS GSSAPI NTLM 8BITMIME", ""),
        ("<", "X-EXPS EXCHANGEAUTH SHA256 ", ""),
        ("*", "", "Inbound ExchangeAuth failed because of IllegalMessage"),
        (">", "535 5.7.3 Authentication unsuccessful", ""),
        ("-", "", "Local"),
    ];
    let second = [
        ("+", "", ""),
        (">", "220 ex2.contoso.com ESMTP", ""),
        ("<", "HELO ex3.contoso.com", ""),
        (">", "250 ex2.contoso.com Hello [2001:db8::3]", ""),
        ("-", "", "Remote(SocketError)"),
    ];
    for (at, number) in (0..8).enumerate() {
        for (session, rows) in [("A", &first[..]), ("B", &second[..])] {
            if let Some((event, data, context)) = rows.get(at) {
                text += &row(session, number, event, data, context);
            }
        }
    }
    let bare = text[HEADER.len()..].to_owned();
    for (from, text) in [("SmtpReceive", &text), ("", &text), ("", &bare), ("copied from a log", &bare)] {
        let all = read_on("EX2", from, text);
        assert_eq!(all.len(), 2, "{all:?}");
        assert_eq!(
            lines(&all[0].1),
            [
                "smtp_session.side=receive",
                "smtp_session.server=EX2",
                "smtp_session.client=ex1.contoso.com",
                "smtp_session.client_ip=2001:db8::1",
                "smtp_session.local=False",
                "smtp_session.server_ip=2001:db8::2",
                "smtp_session.connector=Default Frontend EX2",
                "smtp_session.mechanism=EXCHANGEAUTH",
                "smtp_session.auth_failed_word=IllegalMessage",
                "smtp_session.port=25",
                "smtp_session.helo=False",
                "smtp_session.offers_x_exps=True",
                "smtp_session.offers_x_anonymoustls=True",
                "smtp_session.offers_starttls=False",
                "smtp_session.banner_masked=False",
                "smtp_session.replies=[535 5.7.3 Authentication unsuccessful]",
            ]
        );
        let facts = &all[1].1;
        assert_eq!(
            (facts.flag("smtp_session.helo"), facts.flag("smtp_session.offers_x_exps")),
            (Some(true), None)
        );
        assert_eq!(facts.text("smtp_session.client"), Some("ex3.contoso.com"));
    }
}

#[test]
fn columns_go_by_the_header_and_the_rest_of_a_cut_file_is_read() {
    let text = "ontext\r\n#Log-Type: SMTP Send Protocol Log\r\n\
        #Fields: date-time,session-id,connector-id,sequence-number,remote-endpoint,local-endpoint,event,data,context\r\n\
        2026-10-01T10:00:00.000Z,08D0000000000001,Intra-Organization SMTP Send Connector,0,192.0.2.2:25,192.0.2.1:4711,<,220 ex2.contoso.com ESMTP,\r\n\
        2026-10-01T10:00:00.000Z,08D0000000000001,Intra-Organization SMTP Send Connector,1,192.0.2.2:25,192.0.2.1:4711,>,EHLO ex1.contoso.com,\r\n\
        2026-10-01T10:00:00.000Z,08D0000000000001,Intra-Organization SMTP Send Connector,2,192.0.2.2:25,192.0.2.1:4711,<,454 4.7.0 Temporary authentication failure,\r\n\
        2026-10-01T10:00:00.000Z,08D0000000000001,Intra-Organization SMTP Send Connector,3,192.0.2.2:25,192.0.2.1:4711,*,,TLS negotiation failed with error SocketError\r\n\
        2026-10-01T10:00:0";
    let all = read("", text);
    let facts = &all[0].1;
    assert_eq!(facts.text("smtp_session.side"), Some("send"));
    assert_eq!(facts.text("smtp_session.server"), Some("ex2.contoso.com"));
    assert_eq!(facts.text("smtp_session.server_ip"), Some("192.0.2.2"));
    assert_eq!(facts.text("smtp_session.client"), Some("EX1"));
    assert_eq!(facts.text("smtp_session.tls_error"), Some("SocketError"));
    let reply = &all[1].1;
    assert_eq!((reply.text("reply.code"), reply.text("reply.enhanced")), (Some("454"), Some("4.7.0")));
    assert_eq!(
        (reply.text("reply.host"), reply.text("reply.ip")),
        (Some("ex2.contoso.com"), Some("192.0.2.2"))
    );
    assert_eq!(all.len(), 2);
}

#[test]
fn what_the_world_refuses_is_daily_mail() {
    let text = "<,220 smarthost.example.com ESMTP\n>,EHLO ex1.contoso.com,\n<,250-smarthost.example.com,\n<,250 DSN,\n\
                >,MAIL FROM:<a@contoso.com>,\n<,451 4.7.0 Try again later,\n";
    let facts = one("smtp-session", "", text);
    assert_eq!(facts.list("smtp_session.replies").unwrap(), ["451 4.7.0 Try again later"]);
    assert_eq!(facts.text("smtp_session.side"), Some("send"));
}

#[test]
fn a_failed_client_logon_names_its_mechanism() {
    let text = format!(
        "{HEADER}{}{}{}",
        row("C", 0, "<", "EHLO [203.0.113.7]", ""),
        row("C", 1, "<", "AUTH LOGIN", ""),
        row("C", 2, "*", "", "Inbound AUTH LOGIN failed because of LogonDenied")
    );
    let facts = one("smtp-session", "", &text);
    assert_eq!(facts.text("smtp_session.auth_failed_word"), Some("LogonDenied"));
    assert_eq!(facts.text("smtp_session.mechanism"), Some("LOGIN"));
    assert_eq!(facts.text("smtp_session.client"), None);
}
