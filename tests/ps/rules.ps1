# Import-ExAuthRule with the real library: packs add up, replace themselves, and are refused whole.
param([string]$Module, [string]$Example)
. (Join-Path $PSScriptRoot 'assert.ps1')
Import-Module $Module -ErrorAction Stop

$folder = Join-Path ([IO.Path]::GetTempPath()) ('exauth [rules] ' + [guid]::NewGuid())
$null = [IO.Directory]::CreateDirectory($folder)
function New-Issue([string]$Id, [string]$Title, [hashtable]$Other = @{}) {
    $issue = [ordered]@{
        schema = 'exauth.issue/1'; id = $Id; status = 'trial'; confidence = 'low'; severity = 'warning'; title = $Title; problem = 'delivery-failure-other'
        causes = @('network-unreachable'); records = @('queue'); when = @{ fact = 'queue.message_count'; op = 'at_least'; value = 200 }
        message = 'A queue holds {queue.message_count} messages.'
    }
    foreach ($key in $Other.Keys) { $issue[$key] = $Other[$key] }
    $issue
}
function Save-Pack([string]$File, $Issues, [Text.Encoding]$Encoding = (New-Object Text.UTF8Encoding $false), [string]$Name = 'A pack') {
    $path = Join-Path $folder $File
    [IO.File]::WriteAllText($path, (ConvertTo-Json -Depth 9 -InputObject ([ordered]@{ schema = 'exauth.pack/1'; name = $Name; issues = @($Issues) })), $Encoding)
    $path
}
function Get-Title([string]$Id) { (Get-ExAuthIssue $Id -ErrorAction SilentlyContinue).Title }
$queue = New-Object psobject -Property @{ Identity = 'EX1\12'; DeliveryType = 'SmtpRelayToRemoteAdSite'; NextHopDomain = 'branch.contoso.com'; Status = 'Ready'; MessageCount = 500; LastError = $null }
$before = @(Get-ExAuthIssue).Count

# One pack
$one = Save-Pack 'one.json' (New-Issue 'contoso-one' 'One')
$said = @(Import-ExAuthRule -LiteralPath $one -WhatIf)
Check '-WhatIf imports nothing' ($said.Count -eq 0 -and @(Get-ExAuthIssue).Count -eq $before) $said
$pack = @(Import-ExAuthRule -LiteralPath $one)
Check 'a pack is imported and told' ($pack.Count -eq 1 -and $pack[0] -is [ExAuth.RulePack] -and $pack[0].Name -eq 'A pack' -and $pack[0].Path -eq $one -and ($pack[0].Issues -join ' ') -eq 'contoso-one' -and $pack[0].Causes.Count -eq 0) $pack
Check 'a pack is a line of a table' (($pack | Out-String) -match '(?m)^A pack +1 +0 +0 +') ($pack | Out-String)
Check-Equal 'Get-ExAuthIssue shows its rule' (Get-Title 'contoso-one') 'One'
Check 'Tab completes its id' (([System.Management.Automation.CommandCompletion]::CompleteInput('Get-ExAuthIssue contoso-', 24, $null)).CompletionMatches.CompletionText -contains 'contoso-one') $null
Check 'Test-ExAuth finds what it describes' (@($queue | Test-ExAuth).Id -contains 'contoso-one') ($queue | Test-ExAuth)
Check 'it may be suppressed' (@($queue | Test-ExAuth -Suppression @{ Issue = 'contoso-one'; Subject = '*'; Reason = 'r'; Owner = 'o'; Until = '2999-01-01' }).Id -notcontains 'contoso-one') $null

# The same file again
$null = Save-Pack 'one.json' @((New-Issue 'contoso-one' 'One, edited'), (New-Issue 'contoso-more' 'More'))
$found = @()
$pack = @(Import-ExAuthRule -LiteralPath $one -ErrorVariable found)
Check 'the same file again takes its own place' ($found.Count -eq 0 -and (Get-Title 'contoso-one') -eq 'One, edited' -and (Get-Title 'contoso-more') -eq 'More') $found
$null = Save-Pack 'one.json' (New-Issue 'contoso-one' 'One')
$null = Import-ExAuthRule -LiteralPath $one.ToUpperInvariant()
Check 'what it no longer holds is gone' ((Get-Title 'contoso-one') -eq 'One' -and $null -eq (Get-Title 'contoso-more')) $null

# Several, in any encoding, by wildcard and from the pipeline
$null = Save-Pack 'two.json' (New-Issue 'contoso-two' 'Two') (New-Object Text.UTF8Encoding $true) 'Zwei'
$null = Save-Pack 'three.json' (New-Issue 'contoso-three' "Drei $([char]0xFC)$([char]0x4EE3)") ([Text.Encoding]::Unicode)
$null = Save-Pack 'four.json' (New-Issue 'contoso-four' 'Vier') ([Text.Encoding]::BigEndianUnicode)
$escaped = [Management.Automation.WildcardPattern]::Escape($folder)
$packs = @(Import-ExAuthRule "$escaped\t*.json")
Check 'a wildcard takes all files that fit, those before stay' ($packs.Count -eq 2 -and (Get-Title 'contoso-two') -eq 'Two' -and (Get-Title 'contoso-one') -eq 'One') $packs
Check-Equal 'UTF-16 is read' (Get-Title 'contoso-three') "Drei $([char]0xFC)$([char]0x4EE3)"
$packs = @(Get-ChildItem -LiteralPath $folder -Filter 'f*.json' | Import-ExAuthRule)
Check 'files of Get-ChildItem are read, also where the path has brackets' ($packs.Count -eq 1 -and (Get-Title 'contoso-four') -eq 'Vier') $packs
Push-Location -LiteralPath $folder
$packs = @('two.json', 'one.json' | Import-ExAuthRule)
Pop-Location
Check 'so are names relative to the location' ($packs.Count -eq 2 -and $packs[0].Path -eq (Join-Path $folder 'two.json')) $packs

# Packs that stand on each other
$sharper = Save-Pack 'sharper.json' (New-Issue 'contoso-two' 'Two, sharper' @{ replaces = 'contoso-two' })
$pack = Import-ExAuthRule -LiteralPath $sharper
Check 'a pack may sharpen a rule of another' ((Get-Title 'contoso-two') -eq 'Two, sharper' -and ($pack.Replaces -join ' ') -eq 'contoso-two') $pack
$null = Import-ExAuthRule -LiteralPath (Join-Path $folder 'two.json')
Check-Equal 'the first one imported again does not undo that' (Get-Title 'contoso-two') 'Two, sharper'
$null = Save-Pack 'two.json' (New-Issue 'contoso-other' 'Other')
$given = @(Import-ExAuthRule -LiteralPath (Join-Path $folder 'two.json') -ErrorVariable found -ErrorAction SilentlyContinue)
Check 'one that would leave another without its rule is refused, and the other is named' ($given.Count -eq 0 -and $found.Count -eq 1 -and "$($found[0])" -match 'sharper\.json' -and (Get-Title 'contoso-two') -eq 'Two, sharper') $found

# Wrong packs
function Get-Refusal([string]$Path) {
    $problems = @()
    $given = @(Import-ExAuthRule -LiteralPath $Path -ErrorVariable problems -ErrorAction SilentlyContinue)
    if ($given.Count -eq 0 -and $problems.Count -eq 1) { $problems[0] } else { "$($given.Count) packs, $($problems.Count) errors" }
}
$all = @(Get-ExAuthIssue).Count
$wrong = Save-Pack 'wrong.json' @((New-Issue 'contoso-five' 'Five'), (New-Issue 'contoso-six' 'Six' @{ when = @{ fact = 'queue.no_such'; op = 'is'; value = $true } }))
$refusal = Get-Refusal $wrong
Check 'a wrong pack is one error with the file and the place' ($refusal.FullyQualifiedErrorId -like 'ExAuth.RulePackInvalid,*' -and "$refusal" -match 'wrong\.json.* at /issues/1/when' -and $refusal.TargetObject -eq $wrong -and $refusal.Exception.At -like '/issues/1*' -and $refusal.CategoryInfo.Category -eq 'InvalidData') "$refusal"
Check-Equal 'nothing of it is imported' @(Get-ExAuthIssue).Count $all
foreach ($what in 'stolen', 'no json', 'empty', 'other document') {
    $path = switch ($what) {
        'stolen' { Save-Pack 'bad.json' (New-Issue 'smtp-454-temporary-auth-failure' 'Mine') }
        'no json' { [IO.File]::WriteAllText("$folder\bad.json", 'rules: 1'); "$folder\bad.json" }
        'empty' { [IO.File]::WriteAllText("$folder\bad.json", ''); "$folder\bad.json" }
        'other document' { [IO.File]::WriteAllText("$folder\bad.json", '{"schema":"exauth.record/1"}'); "$folder\bad.json" }
    }
    $refusal = Get-Refusal $path
    Check "refused: $what" ($refusal.FullyQualifiedErrorId -like 'ExAuth.RulePackInvalid,*' -and $refusal.TargetObject -eq $path) "$refusal"
}
$said = Get-Refusal "$folder\nowhere.json"
Check 'a file that is not there is an error with its path' ($said.FullyQualifiedErrorId -like 'ExAuth.PathNotFound,*' -and $said.TargetObject -like '*nowhere.json') "$said"
foreach ($path in 'Z:\no\such\*.json', 'Z:\no\such.json', 'env:\TEMP') {
    $null = Import-ExAuthRule $path -ErrorVariable found -ErrorAction SilentlyContinue
    Check "no file: $path" ($found.Count -eq 1 -and $found[0].FullyQualifiedErrorId -like 'ExAuth.PathNotFound,*') $found
}
$null = Import-ExAuthRule -LiteralPath $folder -ErrorVariable found -ErrorAction SilentlyContinue
Check 'a folder is an error' ($found.Count -eq 1 -and $found[0].FullyQualifiedErrorId -like 'ExAuth.FileNotReadable,*') $found
$null = Import-ExAuthRule -LiteralPath $wrong -WhatIf -ErrorVariable found -ErrorAction SilentlyContinue
Check '-WhatIf says what is wrong with a pack' ($found.Count -eq 1 -and $found[0].FullyQualifiedErrorId -like 'ExAuth.RulePackInvalid,*') $found
$packs = @($wrong, $one, "$folder\bad.json" | ForEach-Object { Get-Item -LiteralPath $_ } | Import-ExAuthRule -ErrorVariable found -ErrorAction SilentlyContinue)
Check 'a wrong pack does not stop the others' ($packs.Count -eq 1 -and $found.Count -eq 2) $found

# The example that ships
$pack = Import-ExAuthRule -LiteralPath $Example
Check 'the example of the repository is a pack' ($pack.Issues -contains 'contoso-branch-queue-long' -and $pack.Causes -contains 'contoso-branch-line-saturated' -and $pack.Replaces -contains 'smtp-port-closed') $pack
Check 'its cause is shown with the issues that bear on it' (@(Get-ExAuthIssue -Cause contoso-branch-line-saturated).Id -contains 'contoso-branch-queue-long') $null
$shell = [PowerShell]::Create([initialsessionstate]::CreateDefault2())
$other = $shell.AddScript("Import-Module '$Module'; (Get-ExAuthIssue contoso-one).Title").Invoke()
Check-Equal 'another runspace of the process has the same rules' $other 'One'
Complete-Checks
