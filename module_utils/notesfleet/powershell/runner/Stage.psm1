# The work of one stage: its parts found, read, written, read again; and taken back where it fails (action-engine
# section 6). Every write is announced in the journal and flushed first.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:OleStageSeconds = 20
$script:ValueLimit = 32768

function Invoke-Stage {
    <# .SYNOPSIS
    Run the actions of the stage that have not ended. Signals moment_lost or stage_failed. #>
    param($Client, $Writer, $Moment)
    $stage = Get-LastStage $Writer.Progress
    $began = Get-RunnerTime
    for ($a = $stage.First; $a -le $stage.Last; $a++) {
        if ($Writer.Progress.Actions[$a].Ended) { continue }
        Invoke-Resource (New-Work $Client $Writer $Moment $a $began)
    }
}

function New-Work {
    # One resource action: what it is, by which way, since when the stage lasts.
    param($Client, $Writer, $Moment, [int] $Number, [datetime] $Began)
    $action = $Client.Order['actions'][$Number]
    $schema = Get-ActionSchema $action['name']
    New-Object psobject -Property @{
        Client = $Client; Writer = $Writer; Moment = $Moment; Began = $Began; Number = $Number; Same = 0
        Name = $action['name']; Arguments = $action['with']; Writes = $schema['writes']; Kind = (Get-PartKind $schema['part_kind'])
        Way = (Select-ActionWay $action @(Get-OfferedWay $Moment $Client.PromptFree)); Check = $Client.Order['mode'] -ceq 'check'
    }
}

function Invoke-Resource {
    param($Work)
    $progress = $Work.Writer.Progress.Actions[$Work.Number]
    if ($null -eq $progress.Parts) { Find-Part $Work }
    $parts = $progress.Parts
    for ($p = 0; $p -lt $parts.Length; $p++) {
        try { Invoke-Part $Work $p $parts[$p] } catch { Write-Failure $Work $p $_ }
    }
    $unproven = 0
    foreach ($p in @($progress.Begun.Keys)) {
        try { if (& $Work.Kind.Unproven $Work.Client $Work.Way $Work.Arguments $parts[$p]) { $unproven++ } } catch { Write-Failure $Work $null $_ }
    }
    $unsupported = $(if ($Work.Writes) { 0 } else { $progress.Would.Count })
    Write-JournalRecord $Work.Writer 'ended' @{ a = $Work.Number; same = $Work.Same; unsupported = $unsupported; unproven = $unproven }
}

function Find-Part {
    param($Work)
    try {
        $parts = [object[]]@(& $Work.Kind.Find $Work.Client $Work.Way $Work.Arguments)
        $least = $(if ($Work.Arguments.Contains('at_least')) { $Work.Arguments['at_least'] } else { 1 })
        if ($parts.Length -lt $least) { throw "not_found: $($parts.Length) found, at least $least expected" }
    }
    catch { Write-Failure $Work $null $_ }
    Write-JournalRecord $Work.Writer 'found' @{ a = $Work.Number; parts = $parts }
}

function Invoke-Part {
    param($Work, [int] $Part, $At)
    $progress = $Work.Writer.Progress.Actions[$Work.Number]
    if ($progress.EndedParts.ContainsKey($Part) -or $progress.Would.ContainsKey($Part)) { return }
    if ($progress.Begun.ContainsKey($Part)) { Resume-Part $Work $Part $At $progress.Begun[$Part]; return }
    $reading = & $Work.Kind.Read $Work.Client $Work.Way $Work.Arguments $At
    if ((ConvertTo-CanonicalText $reading.Value).Length -gt $script:ValueLimit) { throw "unreadable: the value has more than $script:ValueLimit characters" }
    $want = Get-DesiredValue $Work.Name $Work.Arguments $reading.Value
    if (Test-CanonicalEqual $want $reading.Value) { $Work.Same++; return }
    if ($Work.Check -or -not $Work.Writes) {
        if ($Work.Arguments['must']) { throw "unsupported: no interface of Notes offers $($Work.Name)" }
        Write-JournalRecord $Work.Writer 'would' @{ a = $Work.Number; p = $Part; at = $At; before = $reading.Value; want = $want }
        return
    }
    Confirm-MayWrite $Work
    Write-JournalRecord $Work.Writer 'begin' @{
        a = $Work.Number; p = $Part; at = $At; way = $Work.Way; before = $reading.Value; keep = $reading.Keep; want = $want
    }
    Set-Part $Work $Part $At $reading.Value $reading.Keep $want $false
}

function Resume-Part {
    # A part that was begun when the runner was cut.
    param($Work, [int] $Part, $At, $Begun)
    $value = (& $Work.Kind.Read $Work.Client $Work.Way $Work.Arguments $At).Value
    if (Test-CanonicalEqual $value $Begun['want']) {
        & $Work.Kind.Settle $Work.Client $Work.Way $Work.Arguments $At
        Complete-Part $Work $Part $true (Get-RunnerTime)
    }
    elseif (Test-CanonicalEqual $value $Begun['before']) {
        Confirm-MayWrite $Work
        Set-Part $Work $Part $At $Begun['before'] $Begun['keep'] $Begun['want'] $true
    }
    else { throw 'changed_since: somebody else changed it after the runner was cut' }
}

function Set-Part {
    param($Work, [int] $Part, $At, $Before, $Keep, $Want, [bool] $Resumed)
    $began = Get-RunnerTime
    & $Work.Kind.Write $Work.Client $Work.Way $Work.Arguments $At $Want $Keep
    $value = (& $Work.Kind.Read $Work.Client $Work.Way $Work.Arguments $At).Value
    if (-not (Test-CanonicalEqual $value $Want) -and -not ($Work.Kind.Later -and (Test-CanonicalEqual $value $Before))) {
        throw 'not_taken: it reads otherwise after it was written'
    }
    # A Notes that began meanwhile has read the old value and will write it back at its exit (safety 1.6).
    Confirm-Moment $Work
    Complete-Part $Work $Part $Resumed $began
}

function Complete-Part {
    param($Work, [int] $Part, [bool] $Resumed, [datetime] $Began)
    $milliseconds = [long]((Get-RunnerTime) - $Began).TotalMilliseconds
    Write-JournalRecord $Work.Writer 'end' @{ a = $Work.Number; p = $Part; ms = $milliseconds; resumed = $Resumed }
}

function Confirm-Moment {
    # Signals moment_lost where the client is not in the stage's moment any more.
    param($Work)
    if ((Get-Moment $Work.Client).Name -cne $Work.Moment.Name) { Send-Signal 'moment_lost' }
}

function Confirm-MayWrite {
    # Before each write: the moment, and that an ole stage does not last too long (safety 1.8).
    param($Work)
    Confirm-Moment $Work
    $lasted = ((Get-RunnerTime) - $Work.Began).TotalSeconds
    if ($Work.Moment.Name -ceq 'open' -and $lasted -gt $script:OleStageSeconds) { throw "time_limit: the stage has lasted $([int]$lasted) s" }
}

function Write-Failure {
    # A failure is journalled, unless the moment is gone: then it does not count.
    param($Work, $Part, [System.Management.Automation.ErrorRecord] $ErrorRecord)
    if (Get-Signal $ErrorRecord) { throw $ErrorRecord }
    $failure = Get-Failure $ErrorRecord
    Confirm-Moment $Work
    Write-JournalRecord $Work.Writer 'failing' @{ a = $Work.Number; p = $Part; code = $failure.Code; text = $failure.Text }
    Send-Signal 'stage_failed'
}

function Undo-Stage {
    <# .SYNOPSIS
    Take back what the open stage has begun, last first. False: a way that it needs is not offered now. #>
    param($Client, $Writer, $Moment)
    $offered = @(Get-OfferedWay $Moment $Client.PromptFree)
    foreach ($each in @(Get-PartToUndo $Writer.Progress)) {
        $record = $Writer.Progress.Actions[$each.A].Begun[$each.P]
        if ($offered -cnotcontains $record['way']) { return $false }
        $status = Undo-Part $Client $Client.Order['actions'][$each.A] $record
        Write-JournalRecord $Writer 'undo' @{ a = $each.A; p = $each.P; status = $status }
    }
    $true
}

function Undo-Part {
    # The status of a part after it was taken back: undone, changed_since, cannot_undo.
    param($Client, $Action, $Record)
    $kind = Get-PartKind (Get-ActionSchema $Action['name'])['part_kind']
    $at, $way = $Record['at'], $Record['way']
    try {
        $value = (& $kind.Read $Client $way $Action['with'] $at).Value
        if (-not $kind.Later) {
            if (Test-CanonicalEqual $value $Record['before']) {
                & $kind.Settle $Client $way $Action['with'] $at
                return 'undone'
            }
            if (-not (Test-CanonicalEqual $value $Record['want'])) { return 'changed_since' }
        }
        if (-not $kind.Exact) { return 'cannot_undo' }
        & $kind.Restore $Client $way $Action['with'] $at $Record['before'] $Record['keep']
    }
    catch { return 'cannot_undo' }
    'undone'
}

Export-ModuleMember -Function Invoke-Stage, Undo-Stage
