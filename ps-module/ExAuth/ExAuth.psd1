@{
    RootModule           = 'ExAuth.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '6d0f6a0e-5b0c-4c55-9a52-3f5d1c6f7a41'
    Author               = 'The ExAuth project'
    Copyright            = 'MIT licence'
    Description          = 'Tells an Exchange administrator why one Exchange server does not let another sign in, and what to do. Changes nothing and needs no network.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    FormatsToProcess     = @('ExAuth.Format.ps1xml')
    FunctionsToExport    = @()
    CmdletsToExport      = @('Test-ExAuth', 'Get-ExAuthDiagnosis', 'ConvertFrom-ExAuthTool', 'Get-ExAuthIssue', 'Get-ExAuthEventFilter', 'Import-ExAuthRule', 'Get-ExAuthEvidence')
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{ PSData = @{ Tags = @('Exchange', 'Kerberos', 'SMTP', 'Authentication', 'Diagnostics') } }
}
