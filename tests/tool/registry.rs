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
