# The engine: orders of one client, one at a time, each once (action-engine sections 4 to 7, and 11).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:LookAgain = 5

function Invoke-Runner {
    <# .SYNOPSIS
    Execute the orders of the user who runs this, until none is pending or the session ends.
    Runner: the hash of the runner's files; Root: the folder `clients`, where it is not the PC's own. #>
    param([string] $Runner, [string] $Root)
    if (-not $Root) { $Root = (Get-FolderPath -Name 'ProgramData') + '\notesfleet\clients' }
    while (Invoke-RunnerPass -Root $Root -Runner $Runner) {
        if (-not (Wait-Runner -Seconds $script:LookAgain)) { return }
    }
}

function Invoke-RunnerPass {
    <# .SYNOPSIS
    Look once at all orders, oldest first. True: one is pending. #>
    param([string] $Root, [string] $Runner)
    $user = Get-RunnerUser
    $waiting = $false
    foreach ($staged in @(Get-StagedOrder -Folder "$Root\$($user.Sid)" -Sid $user.Sid)) {
        $reason = Invoke-Order $staged $user $Runner
        if ($reason) { $waiting = $true }
        if ($reason -ceq 'undo_waits') { break }
    }
    $waiting
}

function Invoke-Order {
    # One look at one order: the reason while it is pending; nothing where it has finished or cannot be touched.
    param($Staged, $User, [string] $Runner)
    $retried = Test-OrderRetried $Staged
    if ((Test-OrderFinished $Staged) -and -not $retried) { return }
    $run = New-Object psobject -Property @{ Staged = $Staged; User = $User; Runner = $Runner; Client = $null; Writer = $null; Reason = '' }
    try {
        $conditions = @($(if ($Staged.Order) { $Staged.Order['actions'] }) | Where-Object { $_ } | ForEach-Object { Test-Condition $_ })
        $run.Writer = New-JournalWriter -Path "$($Staged.Folder)\journals\$($Staged.Id).journal" -Journal $Staged.Journal -Conditions $conditions
        if ($retried) { Write-JournalRecord $run.Writer 'retry' @{ attempt = $Staged.Staging['attempt'] } }
        if ($null -eq $Staged.Order) { Deny-Order $run 'bad_order' 'the order does not have its hash or is not for this client and runner' }
        Invoke-LockedOrder $run
    }
    catch {
        switch (Get-Signal $_) {
            'waits' { return $run.Reason }
            'ends' { return }
        }
        if ((Get-Failure $_).Code -cne 'journal_damaged') { throw }
    }
}

function Invoke-LockedOrder {
    param($Run)
    $data = $Run.Staged.Order['owner']['data']
    if (-not (Enter-RunnerLock -Data $data)) { Suspend-Order $Run 'other_runner' }
    try {
        $Run.Client = New-Client $Run.Staged $Run.User
        Start-Order $Run
        Invoke-OrderStages $Run
    }
    finally { Exit-RunnerLock -Data $data }
}

function Start-Order {
    # What is looked at before the first stage, in the order that section 11 fixes.
    param($Run)
    $progress = $Run.Writer.Progress
    if (-not $progress.Started) {
        # The process is known to the real seam only; its number is not compared between languages.
        $number = $Run.User.PSObject.Properties['ProcessId']
        Write-JournalRecord $Run.Writer 'start' @{ id = $Run.Staged.Id; runner = $Run.Runner; pid = $(if ($number) { $number.Value } else { 0 }) }
    }
    if ($Run.Staged.Staging['attempt'] -gt $progress.Attempt) { Write-JournalRecord $Run.Writer 'retry' @{ attempt = $Run.Staged.Staging['attempt'] } }
    $machine = Get-MachineId
    if ($machine -cne $Run.Client.Order['incarnation']['machine']) { Deny-Order $Run 'other_incarnation' "this PC is $machine" }
    if ($null -ne $progress.Failing) { Undo-FailedStage $Run }
}

function Invoke-OrderStages {
    # Stage after stage, as far as the client's moment allows. Signals waits or ends.
    param($Run)
    $identified, $entered = $false, $false
    while ($true) {
        $moment = Get-Moment $Run.Client
        if ((Get-NextStage $Run.Writer.Progress).First -ge $Run.Client.Order['actions'].Length) { Complete-Order $Run 'done' }
        $resumes = -not $entered -and (Test-StageResumes $Run $moment)
        $state = Get-EndState $Run.Staged
        if ($state) {
            Undo-OpenStage $Run $moment
            Complete-Order $Run $state
        }
        if (-not $resumes) {
            Undo-OpenStage $Run $moment
            Confirm-OrderMayGo $Run
        }
        if (Test-UserBusy $moment) { Suspend-Order $Run 'user_busy' }
        if (-not $identified) { $identified = Confirm-Identity $Run $moment }
        if (-not $resumes) { New-Stage $Run $moment }
        $entered = $true
        Invoke-OpenStage $Run $moment
    }
}

function Test-StageResumes {
    # Whether the stage in which the runner was cut can be gone on with.
    param($Run, $Moment)
    $progress = $Run.Writer.Progress
    $stage = Get-LastStage $progress
    $null -ne $stage -and (Test-StageOpen $progress) -and -not $progress.Lost -and $stage.Moment -ceq $Moment.Name
}

function Confirm-OrderMayGo {
    param($Run)
    $reason = Get-StopReason $Run.Staged.Staging
    if ($reason) { Suspend-Order $Run $reason }
    foreach ($before in @($Run.Client.Order['after'])) {
        if (-not (Test-OrderDone -Folder $Run.Staged.Folder -Id $before)) { Suspend-Order $Run 'waits_for_order' }
    }
}

function Confirm-Identity {
    # True: looked at in this pass.
    param($Run, $Moment)
    try { $looked = Update-Identity $Run.Client $Run.Writer $Moment }
    catch {
        $failure = Get-Failure $_
        Deny-Order $Run $failure.Code $failure.Text
    }
    $known = $Run.Writer.Progress.Identity
    if ($null -eq $known) { Suspend-Order $Run (Get-WaitReason $Moment 'ole', 'com') }
    $foreign = Get-ForeignIdentity $Run.Client $known
    if ($foreign) { Deny-Order $Run 'other_identity' $foreign }
    $looked
}

function New-Stage {
    # Cut a stage for this moment, and journal it once its conditions are met.
    param($Run, $Moment)
    $actions, $next = $Run.Client.Order['actions'], (Get-NextStage $Run.Writer.Progress)
    $offered = @(Get-OfferedWay $Moment $Run.Client.PromptFree)
    if (-not (Select-ActionWay $actions[$next.First] $offered)) {
        Suspend-Order $Run (Get-WaitReason $Moment @(Get-ActionWay $actions[$next.First])) $next.First
    }
    $conditions = $Run.Writer.Progress.Conditions
    $last = $next.First
    for ($a = $last + 1; $a -lt $actions.Length; $a++) {
        if ($conditions[$a] -and -not $conditions[$a - 1]) { break }
        if (-not (Select-ActionWay $actions[$a] $offered)) { break }
        $last = $a
    }
    for ($a = $next.First; $a -le $last -and $conditions[$a]; $a++) { Confirm-Condition $Run $a (Select-ActionWay $actions[$a] $offered) }
    Write-JournalRecord $Run.Writer 'stage' @{ s = $next.Number; moment = $Moment.Name; last = $last }
}

function Confirm-Condition {
    # Test one condition. Returns where the stage may begin for all it says.
    param($Run, [int] $Number, [string] $Way)
    $action = $Run.Client.Order['actions'][$Number]
    try {
        $found = Test-ActionCondition $action['name'] $Run.Client $Way $action['with']
        $known = $Run.Writer.Progress.Saw[$Number]
        if ($null -eq $known -or -not (Test-CanonicalEqual @($known['met'], $known['saw']) @($found.Met, $found.Saw))) {
            Write-JournalRecord $Run.Writer 'saw' @{ a = $Number; met = $found.Met; saw = $found.Saw }
        }
    }
    catch {
        $failure = Get-Failure $_
        Stop-Order $Run $Number $failure.Code $failure.Text
    }
    if ($found.Met -or $Run.Client.Order['mode'] -ceq 'check') { return }
    if ((Get-ActionSchema $action['name'])['unmet'] -ceq 'failed' -and $found.Met -is [bool]) {
        Stop-Order $Run $Number 'condition_unmet' "$($action['name']) is not met"
    }
    Suspend-Order $Run 'condition' $Number
}

function Invoke-OpenStage {
    param($Run, $Moment)
    if (-not (Test-StageOpen $Run.Writer.Progress)) { return }
    try { Invoke-Stage $Run.Client $Run.Writer $Moment }
    catch {
        switch (Get-Signal $_) {
            'moment_lost' {
                Clear-NotesSession $Run.Client
                Undo-OpenStage $Run (Get-Moment $Run.Client)
            }
            'stage_failed' { Undo-FailedStage $Run }
            default { throw }
        }
    }
}

function Undo-OpenStage {
    # What an open stage has begun; pending while a way that it needs is not offered.
    param($Run, $Moment)
    if (-not (Undo-Stage $Run.Client $Run.Writer $Moment)) { Suspend-Order $Run 'undo_waits' }
}

function Undo-FailedStage {
    param($Run)
    Undo-OpenStage $Run (Get-Moment $Run.Client)
    Complete-Order $Run 'failed'
}

function Suspend-Order {
    # Pending, journalled when its reason changes. Signals waits.
    param($Run, [string] $Reason, $Action = $null)
    $known = $Run.Writer.Progress.Pending
    if ($null -eq $known -or -not (Test-CanonicalEqual @($known['reason'], $known['a']) @($Reason, $Action))) {
        Write-JournalRecord $Run.Writer 'pending' @{ reason = $Reason; a = $Action }
    }
    $Run.Reason = $Reason
    Send-Signal 'waits'
}

function Deny-Order {
    # Fail as a whole: whose Notes or whose order it is does not hold.
    param($Run, [string] $Code, [string] $Text)
    Write-JournalRecord $Run.Writer 'failing' @{ a = $null; p = $null; code = $Code; text = $Text }
    Complete-Order $Run 'failed'
}

function Stop-Order {
    # Fail by an action before its stage.
    param($Run, [int] $Action, [string] $Code, [string] $Text)
    Write-JournalRecord $Run.Writer 'failing' @{ a = $Action; p = $null; code = $Code; text = $Text }
    Undo-FailedStage $Run
}

function Complete-Order {
    # Journal the end. Signals ends.
    param($Run, [string] $State)
    Write-JournalRecord $Run.Writer 'finished' @{ state = $State; left = (Get-CanonicalOrder @(Get-Left $Run)).Values }
    Send-Signal 'ends'
}

function Get-Left {
    # What no interface could change, and what could not be taken back.
    param($Run)
    $progress = $Run.Writer.Progress
    for ($a = 0; $a -lt $progress.Actions.Length; $a++) {
        $action = $progress.Actions[$a]
        if (-not (Get-ActionSchema $Run.Client.Order['actions'][$a]['name'])['writes']) {
            foreach ($record in $action.Would.Values) { @{ a = $a; at = $record['at']; why = 'unsupported' } }
        }
        foreach ($p in @($action.Undone.Keys)) {
            if ($action.Undone[$p] -cne 'undone') { @{ a = $a; at = $action.Begun[$p]['at']; why = $action.Undone[$p] } }
        }
    }
}

Export-ModuleMember -Function Invoke-Runner
