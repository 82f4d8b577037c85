# In which moment a client is, and which ways it offers (action-engine sections 5 and 11).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:QuietSeconds = 30
$script:Core = 'nlnotes.exe'

function New-Moment {
    param([string] $Name, [string] $Reason, $NotesStarted)
    New-Object psobject -Property @{ Name = $Name; Reason = $Reason; NotesStarted = $NotesStarted }
}

function Get-Moment {
    <# .SYNOPSIS
    Name (closed, open, other), Reason to wait, NotesStarted. Nothing of Notes is touched but whether names.nsf is in use. #>
    param($Client)
    $own = @(Get-NotesProcess | Where-Object { $_.Sid -ceq $Client.User.Sid })
    if (-not $own.Count) {
        if (Test-Exclusive -Path ($Client.Data + '\names.nsf')) { return New-Moment 'closed' '' $null }
        return New-Moment 'other' 'notes_open' $null
    }
    $cores = @($own | Where-Object { $_.Name.ToLowerInvariant() -ceq $script:Core })
    if (-not $cores.Count) { return New-Moment 'other' 'notes_open' $null }
    $started = @($cores | ForEach-Object { $_.Started } | Sort-Object)[0]
    $session = $Client.User.Session
    $active = @(Get-UserSession | Where-Object { $_.Id -eq $session -and $_.State -ceq 'active' })
    if (-not $active.Count) { return New-Moment 'other' 'locked' $started }
    $here = @($cores | Where-Object { $_.Session -eq $session })
    $foreign = @($here | Where-Object { $_.Elevated -ne $Client.User.Elevated })
    if (-not $here.Count -or $foreign.Count) { return New-Moment 'other' 'other_session' $started }
    New-Moment 'open' '' $started
}

function Get-OfferedWay {
    <# .SYNOPSIS
    The ways that a moment offers. #>
    param($Moment, [bool] $PromptFree)
    'any'
    if ($Moment.Name -ceq 'other') { return }
    if ($Moment.Name -ceq 'closed') { 'closed' } else { 'ole' }
    if ($PromptFree) { 'com' }
}

function Get-SessionWay {
    <# .SYNOPSIS
    How a session of Notes can be had now; empty: not without asking or starting Notes. #>
    param($Moment, [bool] $PromptFree)
    if ($Moment.Name -ceq 'open') { 'ole' }
    elseif ($Moment.Name -ceq 'closed' -and $PromptFree) { 'com' }
    else { '' }
}

function Get-WaitReason {
    <# .SYNOPSIS
    Why an action with these ways has to wait. #>
    param($Moment, [string[]] $Ways)
    if ($Moment.Name -ceq 'other') { return $Moment.Reason }
    if ($Moment.Name -ceq 'open') { return 'notes_open' }
    if ($Ways -ccontains 'com') { 'would_ask_password' } else { 'notes_closed' }
}

function Test-UserBusy {
    <# .SYNOPSIS
    Whether the user works in an open Notes at this moment, or Notes asks something (safety 1.8). #>
    param($Moment)
    if ($Moment.Name -cne 'open') { return $false }
    $idle = Get-UserIdle
    $idle.Dialog -or $idle.Seconds -lt $script:QuietSeconds
}

Export-ModuleMember -Function Get-Moment, Get-OfferedWay, Get-SessionWay, Get-WaitReason, Test-UserBusy
