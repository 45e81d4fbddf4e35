//! reg query and Get-ItemProperty.
use super::{lines, object, one, read};

const KEY: &str = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa\Kerberos\Parameters";

#[test]
fn values_are_read_with_blanks_in_names_and_numbers_as_decimals() {
    let text = format!("\r\n{KEY}\r\n    LogLevel    REG_DWORD    0x1\r\n    SkewTime    REG_DWORD    0xa\r\n    A name    REG_SZ    some text\r\n    (Standard)    REG_SZ    \r\n\r\n");
    let table = one("reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\Kerberos\\Parameters", &text);
    assert_eq!(
        lines(&table),
        [
            "registry.computer=EX1".to_owned(),
            format!("registry.key={KEY}"),
            "kerberos.log_level=1".to_owned(),
            "kerberos.skew_minutes=10".to_owned(),
            "registry.values=[LogLevel=1; SkewTime=10; A name=some text; (Standard)=]".to_owned(),
        ]
    );
}

#[test]
fn a_value_that_is_not_there_is_not_zero() {
    let table = one("reg query X", &format!("{KEY}\n    MaxTokenSize    REG_DWORD    0xbb80\n"));
    assert_eq!(table.number("kerberos.log_level"), None);
    let all = read("reg query HKLM\\X /v LogLevel", "FEHLER: Der angegebene Schlüssel ... nicht gefunden.\n");
    assert_eq!(all[0].0, "tool-error");
}

/// What reg.exe says for LogLevel in each language of which its words are known.
const NOT_SET: [&str; 8] = [
    "ERROR: The system was unable to find the specified registry key or value.",
    "FEHLER: Der angegebene Registrierungsschlüssel bzw. Wert wurde nicht gefunden.",
    "ERREUR : le système n'a pas trouvé la clé ou la valeur de Registre spécifiée.",
    "ERRORE: Impossibile trovare la chiave o il valore del Registro di sistema specificato.",
    "BŁĄD: System nie mógł odnaleźć określonego klucza rejestru lub określonej wartości.",
    "エラー: 指定されたレジストリ キーまたは値が見つかりませんでした。",
    "错误: 系统找不到指定的注册表项或值。",
    "ERROR: The system was unable to find the specified registry\r\nkey or value.",
];

fn asked(key: &str, name: &str, shown: &str) -> (&'static str, exauth::fact::FactTable) {
    read(&format!("reg query {key} /v {name}"), &format!("\r\n{shown}\r\n")).remove(0)
}

#[test]
fn a_value_that_is_not_set_is_what_windows_does_without_it() {
    let kerberos = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\Kerberos\Parameters";
    for shown in NOT_SET {
        let (kind, table) = asked(kerberos, "LogLevel", shown);
        assert_eq!((kind, table.number("kerberos.log_level")), ("registry-values", Some(0.0)), "{shown}");
    }
    let lsa = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa";
    for (key, name, fact, default) in [
        (kerberos, "skewtime", "kerberos.skew_minutes", 5.0),
        (kerberos, "SupportedEncryptionTypes", "kerberos.encryption_types", 0.0),
        (lsa, "DisableLoopbackCheck", "registry.disable_loopback_check", 0.0),
        (
            r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa",
            "SuppressExtendedProtection",
            "registry.suppress_extended_protection",
            0.0,
        ),
        (
            r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0",
            "RestrictSendingNTLMTraffic",
            "registry.restrict_outgoing_ntlm",
            0.0,
        ),
    ] {
        assert_eq!(asked(key, name, NOT_SET[0]).1.number(fact), Some(default), "{name}");
    }
    let names = asked(&format!("{lsa}\\MSV1_0"), "BackConnectionHostNames", NOT_SET[0]).1;
    assert_eq!(names.list("registry.back_connection_host_names"), Some(&[][..]));
    // Its default is another one in Windows Server 2003.
    let level = asked(lsa, "LmCompatibilityLevel", NOT_SET[0]).1;
    assert!(level.number("registry.lm_compatibility_level").is_none());
    assert_eq!(level.list("registry.not_set").unwrap(), ["LmCompatibilityLevel"]);
}

#[test]
fn no_answer_is_not_the_default() {
    let lsa = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa";
    for (key, name, shown) in [
        (lsa, "DisableLoopbackCheck", "ERROR: Access is denied."),
        (lsa, "DisableLoopbackCheck", "ERROR: The network path was not found."),
        // reg.exe says the same of a key or a name that was misspelt.
        (r"HKLM\SYSTEM\CurrentControlSet\Control\LSA\MSV1-0", "BackConnectionHostNames", NOT_SET[0]),
        (r"HKLM\SOFTWARE\Control\Lsa", "DisableLoopbackCheck", NOT_SET[0]),
        (r"HKCU\SYSTEM\CurrentControlSet\Control\Lsa", "DisableLoopbackCheck", NOT_SET[0]),
        (lsa, "DisableLoopBackChecks", NOT_SET[0]),
        (lsa, "BackConnectionHostNames", NOT_SET[0]),
    ] {
        assert_eq!(asked(key, name, shown).0, "tool-error", "{key} {name} {shown}");
    }
    for from in
        ["reg query", &format!("reg query {lsa}"), &format!("reg query {lsa} /s /v DisableLoopbackCheck")]
    {
        assert_eq!(read(from, NOT_SET[0])[0].0, "tool-error", "{from}");
    }
    assert!(read("", NOT_SET[0]).iter().all(|(kind, _)| *kind != "registry-values"));
}

#[test]
fn get_itemproperty_says_in_its_id_that_a_value_is_not_set() {
    let shown = format!("Get-ItemProperty : Die Eigenschaft LogLevel ist im Pfad {KEY} nicht vorhanden.\r\nIn Zeile:1 Zeichen:1\r\n+ Get-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\Kerberos\\Par ...\r\n+ ~~~~\r\n    + CategoryInfo          : InvalidArgument: (LogLevel:String) [Get-ItemProperty], PSArgumentException\r\n    + FullyQualifiedErrorId : System.Management.Automation.PSArgumentException,Microsoft.PowerShell.Commands.GetIt\r\n   emPropertyCommand\r\n");
    let path = r"HKLM:\SYSTEM\CurrentControlSet\Control\Lsa\Kerberos\Parameters";
    for from in [
        format!("Get-ItemProperty {path} LogLevel"),
        format!("Get-ItemProperty -Path '{path}' -Name LogLevel"),
        format!("Get-ItemProperty -Name LogLevel {path}"),
    ] {
        let table = one(&from, &shown);
        assert_eq!(table.number("kerberos.log_level"), Some(0.0), "{from}");
    }
    let denied = shown
        .replace("System.Management.Automation.PSArgumentException", "System.Security.SecurityException");
    let read = read(&format!("Get-ItemProperty {path} LogLevel"), &denied);
    assert!(read.iter().all(|(kind, _)| *kind != "registry-values"));
}

#[test]
fn the_same_value_name_under_another_key_is_not_kerberos() {
    let table = one("", "HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso\n    LogLevel    REG_DWORD    0x5\n");
    assert_eq!(table.number("kerberos.log_level"), None);
}

#[test]
fn a_remote_key_belongs_to_the_other_computer() {
    let records = exauth::tool::read_text(
        Some(r"reg query \\EX2\HKLM\SYSTEM\X"),
        Some("EX1"),
        None,
        &format!("{KEY}\n    LogLevel    REG_DWORD    0x1\n"),
    );
    assert_eq!(records[0].computer.as_deref(), Some("EX2"));
}

#[test]
fn objects_and_lists_of_get_itemproperty_give_the_same_facts() {
    let (kind, table) = object(&format!(
        r#"{{"computer":"EX1","properties":{{"SupportedEncryptionTypes":-2147483648,"LogLevel":1,"PSPath":"Microsoft.PowerShell.Core\\Registry::{}","PSChildName":"Parameters","PSProvider":"x"}}}}"#,
        KEY.replace('\\', "\\\\")
    ));
    assert_eq!(kind, "registry-values");
    assert_eq!(table.number("kerberos.encryption_types"), Some(2_147_483_648.0));
    assert_eq!(table.number("kerberos.log_level"), Some(1.0));
    let text = format!("\nLogLevel     : 1\nPSPath       : Microsoft.PowerShell.Core\\Registry::{KEY}\nPSChildName  : Parameters\nPSDrive      : HKLM\nPSProvider   : Microsoft.PowerShell.Core\\Registry\n");
    for from in ["Get-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\Kerberos\\Parameters", ""]
    {
        let table = one(from, &text);
        assert_eq!(table.number("kerberos.log_level"), Some(1.0));
        assert_eq!(table.text("registry.key"), Some(KEY));
    }
}
