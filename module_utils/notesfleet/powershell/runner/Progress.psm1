# What a journal says about how far an order has come: what the engine needs to go on after a cut.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

# Waiting for these, a stage that was cut can still be gone on with.
$script:KeepStage = 'user_busy', 'other_runner'
$script:PartRecords = 'found', 'begin', 'end', 'would', 'ended', 'undo'

function New-ActionProgress {
    New-Object psobject -Property @{ Parts = $null; Begun = @{}; EndedParts = @{}; Would = @{}; Undone = @{}; Ended = $false }
}

function New-Progress {
    <# .SYNOPSIS
    The fold of the records. Conditions: for each action whether it is one. Throws journal_damaged where a record does not fit. #>
    param([bool[]] $Conditions, $Records)
    $progress = New-Object psobject -Property @{
        Actions = [object[]]@($Conditions | ForEach-Object { New-ActionProgress }); Conditions = $Conditions
        Stages = (New-Object System.Collections.ArrayList); Attempt = 1; Identity = $null; Pending = $null; Failing = $null
        Finished = $null; Saw = @{}; Started = $false; Lost = $false
    }
    try { foreach ($record in $Records) { Add-ProgressRecord -Progress $progress -Record $record } }
    catch { throw 'journal_damaged: a record of the journal does not fit its order' }
    $progress
}

function Add-ProgressRecord {
    <# .SYNOPSIS
    Count one record in. #>
    param($Progress, [System.Collections.IDictionary] $Record)
    $kind = $Record['k']
    $Progress.Pending = $(if ($kind -ceq 'pending') { $Record })
    switch -CaseSensitive ($kind) {
        'start' { $Progress.Started = $true }
        'retry' { $Progress.Attempt = [int](Get-Field $Record 'attempt'); $Progress.Failing = $null; $Progress.Finished = $null; $Progress.Lost = $true }
        'pending' { if ($script:KeepStage -cnotcontains (Get-Field $Record 'reason')) { $Progress.Lost = $true } }
        'identity' { $Progress.Identity = $Record }
        'saw' { $Progress.Saw[[int](Get-Field $Record 'a')] = $Record }
        'stage' { Add-Stage -Progress $Progress -Record $Record }
        'failing' { $Progress.Failing = $Record }
        'finished' { $Progress.Finished = $Record }
    }
    if ($script:PartRecords -ccontains $kind) { Add-PartRecord -Progress $Progress -Record $Record }
}

function Get-Field {
    param([System.Collections.IDictionary] $Record, [string] $Name)
    if ($null -eq $Record[$Name]) { throw "journal_damaged: a record without $Name" }
    $Record[$Name]
}

function Add-Stage {
    # A stage that was there before begins anew: what it did before no longer counts.
    param($Progress, [System.Collections.IDictionary] $Record)
    $number, $last = [int](Get-Field $Record 's'), [int](Get-Field $Record 'last')
    if ($number -lt 0 -or $number -gt $Progress.Stages.Count) { throw 'journal_damaged: a stage that this order does not have' }
    $Progress.Lost = $false
    while ($Progress.Stages.Count -gt $number) { $Progress.Stages.RemoveAt($Progress.Stages.Count - 1) }
    $first = $(if ($Progress.Stages.Count) { $Progress.Stages[$Progress.Stages.Count - 1].Last + 1 } else { 0 })
    if ($last -ge $Progress.Actions.Length) { throw 'journal_damaged: a stage behind the last action' }
    for ($a = $first; $a -lt $Progress.Actions.Length; $a++) { $Progress.Actions[$a] = New-ActionProgress }
    $stage = New-Object psobject -Property @{ Number = $number; First = $first; Last = $last; Moment = (Get-Field $Record 'moment') }
    $null = $Progress.Stages.Add($stage)
    for ($a = $first; $a -le $last -and $Progress.Conditions[$a]; $a++) { $Progress.Actions[$a].Ended = $true }
}

function Add-PartRecord {
    param($Progress, [System.Collections.IDictionary] $Record)
    $a = [int](Get-Field $Record 'a')
    if ($a -lt 0 -or $a -ge $Progress.Actions.Length) { throw 'journal_damaged: no such action' }
    $action = $Progress.Actions[$a]
    if ($Record['k'] -ceq 'found') { $action.Parts = [object[]]@($Record['parts']); return }
    if ($Record['k'] -ceq 'ended') { $action.Ended = $true; return }
    $p = [int](Get-Field $Record 'p')
    switch -CaseSensitive ($Record['k']) {
        'begin' { $action.Begun[$p] = $Record }
        'end' { $action.EndedParts[$p] = $true }
        'would' { $action.Would[$p] = $Record }
        'undo' { $action.Undone[$p] = Get-Field $Record 'status'; $Progress.Lost = $true }
    }
}

function Get-LastStage {
    <# .SYNOPSIS
    The last stage begun: Number, First, Last, Moment; nothing where none has. #>
    param($Progress)
    if ($Progress.Stages.Count) { $Progress.Stages[$Progress.Stages.Count - 1] }
}

function Test-StageOpen {
    <# .SYNOPSIS
    Whether the last stage has actions that have not ended. #>
    param($Progress)
    $stage = Get-LastStage $Progress
    if ($null -eq $stage) { return $false }
    for ($a = $stage.First; $a -le $stage.Last; $a++) { if (-not $Progress.Actions[$a].Ended) { return $true } }
    $false
}

function Get-NextStage {
    <# .SYNOPSIS
    Number and First action of the stage that comes next. #>
    param($Progress)
    $stage = Get-LastStage $Progress
    if ($null -eq $stage) { return New-Object psobject -Property @{ Number = 0; First = 0 } }
    if (Test-StageOpen $Progress) { return New-Object psobject -Property @{ Number = $stage.Number; First = $stage.First } }
    New-Object psobject -Property @{ Number = $stage.Number + 1; First = $stage.Last + 1 }
}

function Get-PartToUndo {
    <# .SYNOPSIS
    A and P of the parts begun in the open stage and not yet taken back, last first. #>
    param($Progress)
    if (-not (Test-StageOpen $Progress)) { return }
    $stage = Get-LastStage $Progress
    for ($a = $stage.Last; $a -ge $stage.First; $a--) {
        $action = $Progress.Actions[$a]
        foreach ($p in @($action.Begun.Keys | Sort-Object -Descending)) {
            if (-not $action.Undone.ContainsKey($p)) { New-Object psobject -Property @{ A = $a; P = $p } }
        }
    }
}

Export-ModuleMember -Function New-Progress, Add-ProgressRecord, Get-LastStage, Test-StageOpen, Get-NextStage, Get-PartToUndo
