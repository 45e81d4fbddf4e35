//! Connectivity and message tracking logs.
use super::read;

const CONNECTIVITY: &str = "2026-10-01T21:08:37.536Z,08D0000000000071,SMTP,site2,+,SmtpRelayToRemoteAdSite 00000000-0000-0000-0000-000000000000;QueueLength=3\n\
    2026-10-01T21:08:37.536Z,08D0000000000071,SMTP,site2,>,ex2.contoso.com[192.0.2.2]\n\
    2026-10-01T21:08:37.536Z,08D0000000000071,SMTP,site2,>,Established connection to 192.0.2.2\n\
    2026-10-01T21:08:37.583Z,08D0000000000071,SMTP,site2,-,Messages: 0 Bytes: 0 (WORDS)\n";

#[test]
fn a_retry_in_the_connectivity_log_is_the_reply_of_its_target() {
    let text = CONNECTIVITY.replace("WORDS", "Retry : 454 4.7.0 Temporary authentication failure");
    for (from, text) in [("Connectivity", text.clone()), ("", text.clone()), ("", text.repeat(3))] {
        let all = read(from, &text);
        assert_eq!(all.len(), 1, "{all:?}");
        let facts = &all[0].1;
        assert_eq!(facts.text("reply.text"), Some("Temporary authentication failure"));
        assert_eq!(facts.text("reply.source"), Some("connectivity-log"));
        assert_eq!(
            (facts.text("reply.host"), facts.text("reply.ip")),
            (Some("ex2.contoso.com"), Some("192.0.2.2"))
        );
    }
}

#[test]
fn a_server_that_is_switched_off_is_told_without_codes() {
    let all = read("", &CONNECTIVITY.replace("WORDS", "Retry : Service not active"));
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].1.flag("smtp_session.component_inactive"), Some(true));
    assert_eq!(all[0].1.text("smtp_session.server"), Some("ex2.contoso.com"));
}

#[test]
fn healthy_traffic_and_refused_recipients_give_nothing() {
    for words in ["", "Retry : 550 5.1.1 User unknown", "Retry : 451 4.7.1 Greylisted"] {
        assert!(
            read("Connectivity", &CONNECTIVITY.replace("(WORDS)", &format!("({words})"))).is_empty(),
            "{words}"
        );
    }
}

#[test]
fn a_deferred_message_gives_the_reply_in_its_row() {
    let header = "#Software: Microsoft Exchange Server\n#Log-type: Message Tracking Log\n\
        #Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,message-id,recipient-address,recipient-status\n";
    let row = "2026-10-01T00:00:02.052Z,,EX1,,,\"451 4.4.395 Target host responded with error. -> 451 5.7.3 Cannot achieve Exchange Server authentication\",,SMTP,DEFER,,<1@contoso.com>,a@contoso.com,\n";
    for from in ["MessageTracking", ""] {
        let all = read(from, &format!("{header}{row}{row}"));
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(all[0].1.text("reply.enhanced"), Some("5.7.3"));
        assert_eq!(all[0].1.text("reply.source"), Some("tracking-log"));
    }
    assert!(read("", &format!("{header}{}", row.replace("DEFER", "RECEIVE"))).is_empty());
}
