# A few lines instead of a test framework: one sentence a check, a count at the end.
$script:passed = 0
$script:failed = 0

function Check {
    param([string]$Sentence, $Condition, $Detail)
    if ($Condition) {
        $script:passed++
        "ok    $Sentence"
    }
    else {
        $script:failed++
        "FAIL  $Sentence"
        if ($null -ne $Detail) { "      $($Detail | Out-String -Width 400)".TrimEnd() }
    }
}

function Check-Equal {
    param([string]$Sentence, $Found, $Wanted)
    Check $Sentence ("$Found" -ceq "$Wanted") "found:  $Found`n      wanted: $Wanted"
}

function Complete-Checks {
    '{0} passed, {1} failed' -f $script:passed, $script:failed
    exit ([int]($script:failed -gt 0))
}
