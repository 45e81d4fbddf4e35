//! Port tests and name resolution.
use super::{lines, object, one, read};

#[test]
fn the_list_of_a_port_test_is_read() {
    let text = "AVERTISSEMENT : TCP connect to (dc1.contoso.com : 88) failed\n\nComputerName     : dc1.contoso.com\nRemoteAddress    : 192.0.2.10\n\
                RemotePort       : 88\nPingSucceeded    : True\nTcpTestSucceeded : False\n";
    for from in ["Test-NetConnection dc1.contoso.com -Port 88", "tnc dc1.contoso.com -Port 88", ""] {
        assert_eq!(
            lines(&one(from, text)),
            [
                "port.from=EX1",
                "port.to=dc1.contoso.com",
                "port.to_ip=192.0.2.10",
                "port.number=88",
                "port.protocol=tcp",
                "port.open=False",
                "port.name_resolved=True",
            ]
        );
    }
}

#[test]
fn tables_give_one_test_a_row() {
    let text = "ComputerName    RemotePort TcpTestSucceeded\n------------    ---------- ----------------\ndc1.contoso.com         88             True\ndc2.contoso.com         88            False\n";
    let all = read("", text);
    let seen: Vec<_> =
        all.iter().map(|(_, t)| (t.text("port.to").unwrap(), t.flag("port.open").unwrap())).collect();
    assert_eq!(seen, [("dc1.contoso.com", true), ("dc2.contoso.com", false)]);
}

#[test]
fn a_name_without_an_address_says_nothing_about_the_port() {
    let text = "ComputerName     : dc9.contoso.com\nRemoteAddress    :\nRemotePort       : 88\nTcpTestSucceeded : False\n";
    let table = one("tnc dc9.contoso.com -Port 88", text);
    assert_eq!((table.flag("port.open"), table.flag("port.name_resolved")), (None, Some(false)));
    let (_, table) = object(
        r#"{"ComputerName":"dc9.contoso.com","RemoteAddress":null,"RemotePort":88,"NameResolutionSucceeded":false,"TcpTestSucceeded":false}"#,
    );
    assert_eq!((table.flag("port.open"), table.flag("port.name_resolved")), (None, Some(false)));
}

#[test]
fn a_ping_is_no_port_test() {
    let text = "ComputerName    : dc1.contoso.com\nRemoteAddress   : 192.0.2.10\nPingSucceeded   : True\n";
    assert!(read("Test-NetConnection dc1.contoso.com", text).is_empty());
    let (kind, table) = object(
        r#"{"ComputerName":"dc1","RemoteAddress":"192.0.2.10","RemotePort":0,"TcpTestSucceeded":false}"#,
    );
    assert_eq!(kind, "port-test");
    assert!(table.is_empty());
}

#[test]
fn quiet_answers_take_their_port_from_warning_or_command() {
    let all = read(
        "88,389 | % { Test-NetConnection -ComputerName dc1 -Port $_ -InformationLevel Quiet }",
        "WARNING: TCP connect to (dc1 : 88) failed\nFalse\nTrue\n",
    );
    let seen: Vec<_> =
        all.iter().map(|(_, t)| (t.number("port.number").unwrap(), t.flag("port.open").unwrap())).collect();
    assert_eq!(seen, [(88.0, false), (389.0, true)]);
    assert_eq!(lines(&one("tnc dc1 -Port 88 -InformationLevel Quiet", "True")).len(), 5);
    assert!(read("tnc dc1 -InformationLevel Quiet", "True").is_empty());
    assert_eq!(one("", "WARNING: TCP connect to dc1:88 failed\n").flag("port.open"), Some(false));
}

#[test]
fn an_address_may_be_an_object() {
    let (_, table) = object(
        r#"{"ComputerName":"dc1","RemoteAddress":{"Address":167837706,"IPAddressToString":"192.0.2.10"},"RemotePort":88,"TcpTestSucceeded":true}"#,
    );
    assert_eq!((table.text("port.to_ip"), table.flag("port.open")), (Some("192.0.2.10"), Some(true)));
}

#[test]
fn the_last_statement_about_a_port_wins() {
    let text = "Querying target system called:\n\n dc1.contoso.com\n\nAttempting to resolve name to IP address...\n\nName resolved to 192.0.2.10\n\nquerying...\n\n\
                UDP port 389 (ldap service): LISTENING or FILTERED\n\nUDP port 389 is LISTENING\n\nTCP port 88 (kerberos service): FILTERED\n\
                UDP port 88 (kerberos service): LISTENING or FILTERED\nTCP port 25 (smtp service): NOT LISTENING\n";
    let all = read("portqry -n dc1.contoso.com -o 88,389,25 -p both", text);
    let seen: Vec<_> = all
        .iter()
        .map(|(_, t)| {
            (t.text("port.protocol").unwrap(), t.number("port.number").unwrap(), t.flag("port.open"))
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("udp", 389.0, Some(true)),
            ("tcp", 88.0, Some(false)),
            ("udp", 88.0, None),
            ("tcp", 25.0, Some(false))
        ]
    );
    assert!(all.iter().all(|(_, t)| t.text("port.to_ip") == Some("192.0.2.10")));
}

#[test]
fn kerberos_over_udp_is_never_called_closed() {
    for state in ["LISTENING or FILTERED", "FILTERED"] {
        let table = one("portqry -n dc1 -e 88 -p udp", &format!("UDP port 88 (kerberos service): {state}\n"));
        assert_eq!(table.flag("port.open"), None);
    }
}

#[test]
fn nslookup_is_read_by_the_order_of_its_lines() {
    for text in [
        "Server:  dc1.contoso.com\nAddress:  192.0.2.10\n\nName:    ex1.contoso.com\nAddresses:  192.0.2.21\n\t  192.0.2.22\nAliases:  mail.contoso.com\n",
        "Serveur :   dc1.contoso.com\nAddress:  192.0.2.10\n\nRéponse ne faisant pas autorité :\nNom :    ex1.contoso.com\nAddresses:  192.0.2.21\n\t  192.0.2.22\nAliases:  mail.contoso.com\n",
        "服务器:  dc1.contoso.com\nAddress:  192.0.2.10\n名称:    ex1.contoso.com\nAddresses:  192.0.2.21\n192.0.2.22\nAliases:  mail.contoso.com\n",
    ] {
        assert_eq!(
            lines(&one("nslookup mail.contoso.com", text)),
            [
                "dns.name=mail.contoso.com",
                "dns.addresses=[192.0.2.21; 192.0.2.22]",
                "dns.aliases=[ex1.contoso.com]",
                "dns.server=dc1.contoso.com",
                "dns.found=True",
            ]
        );
    }
}

#[test]
fn no_answer_behind_the_server_means_not_found() {
    for text in [
        "Server:  dc1.contoso.com\nAddress:  192.0.2.10\n\n*** dc1.contoso.com can't find ex9.contoso.com: Non-existent domain\n",
        "Server:  UnKnown\nAddress:  2001:db8::10\n\n*** ex9.contoso.com wurde von UnKnown nicht gefunden: Non-existent domain.\n",
        "サーバー:  dc1.contoso.com\nAddress:  192.0.2.10\n",
    ] {
        let table = one("nslookup ex9.contoso.com", text);
        assert_eq!((table.text("dns.name"), table.flag("dns.found")), (Some("ex9.contoso.com"), Some(false)), "{text}");
    }
}

#[test]
fn a_server_that_does_not_answer_says_nothing_about_the_name() {
    for text in [
        "DNS request timed out.\n    timeout was 2 seconds.\nServer:  UnKnown\nAddress:  192.0.2.10\n\n*** Request to UnKnown timed-out\n",
        "Server:  dc1.contoso.com\nAddress:  192.0.2.10\n\n*** dc1.contoso.com can't find ex9.contoso.com: Server failed\n",
    ] {
        assert!(read("nslookup ex9.contoso.com", text).is_empty());
    }
}

#[test]
fn an_alias_is_read_from_a_query_for_it() {
    let text = "Server:  dc1.contoso.com\nAddress:  192.0.2.10\n\nmail.contoso.com\tcanonical name = ex1.contoso.com\nex1.contoso.com\tinternet address = 192.0.2.21\n";
    let table = one("nslookup -type=cname mail.contoso.com", text);
    assert_eq!(table.list("dns.aliases").unwrap(), ["ex1.contoso.com"]);
    assert_eq!(table.text("dns.name"), Some("mail.contoso.com"));
}

#[test]
fn the_layouts_of_resolve_dnsname_are_one_answer() {
    let text = "\nName                           Type   TTL   Section    NameHost\n----                           ----   ---   -------    --------\n\
                mail.contoso.com               CNAME  3600  Answer     ex1.contoso.com\n\nName       : ex1.contoso.com\nQueryType  : A\nTTL        : 3600\n\
                Section    : Answer\nIP4Address : 192.0.2.21\n\n";
    for from in ["Resolve-DnsName mail.contoso.com", ""] {
        let table = one(from, text);
        assert_eq!(table.text("dns.name"), Some("mail.contoso.com"));
        assert_eq!(table.list("dns.addresses").unwrap(), ["192.0.2.21"]);
        assert_eq!(table.list("dns.aliases").unwrap(), ["ex1.contoso.com"]);
    }
}

#[test]
fn only_the_error_id_says_that_a_name_is_not_there() {
    let text = "Resolve-DnsName : ex9.contoso.com : Der DNS-Name ist nicht vorhanden.\n    + CategoryInfo : ResourceUnavailable: (x:String) [Resolve-DnsName], Win32Exception\n    \
                + FullyQualifiedErrorId : DNS_ERROR_RCODE_NAME_ERROR,Microsoft.DnsClient.Commands.ResolveDnsName\n";
    let table = one("", text);
    assert_eq!((table.text("dns.name"), table.flag("dns.found")), (Some("ex9.contoso.com"), Some(false)));
    assert!(read(
        "Resolve-DnsName ex9.contoso.com",
        &text.replace("DNS_ERROR_RCODE_NAME_ERROR", "ERROR_TIMEOUT")
    )
    .is_empty());
}

#[test]
fn objects_of_resolve_dnsname_give_facts_one_by_one() {
    let (kind, table) = object(
        r#"{"type":["Microsoft.DnsClient.Commands.DnsRecord_A"],"properties":{"Name":"ex1.contoso.com","IPAddress":"192.0.2.21"}}"#,
    );
    assert_eq!(kind, "dns-answer");
    assert_eq!(lines(&table), ["dns.name=ex1.contoso.com", "dns.addresses=[192.0.2.21]", "dns.found=True"]);
    let (_, table) =
        object(r#"{"Name":"mail.contoso.com","Type":5,"Section":"Answer","NameHost":"ex1.contoso.com"}"#);
    assert_eq!(
        lines(&table),
        ["dns.name=mail.contoso.com", "dns.aliases=[ex1.contoso.com]", "dns.found=True"]
    );
    let (_, table) =
        object(r#"{"Name":"contoso.com","Type":2,"Section":"Answer","NameHost":"dc1.contoso.com"}"#);
    assert!(table.is_empty());
}
