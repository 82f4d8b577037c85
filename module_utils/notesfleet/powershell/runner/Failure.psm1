# Failures are exceptions whose message begins with a code: `<code>: text` (action-engine section 8). What the
# engine says to itself (an order waits, ends, loses its moment) travels as an exception with a signal's name.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:TextLimit = 1024
$script:Codes = @(
    'bad_order', 'other_identity', 'other_incarnation', 'planted_folder', 'not_found', 'too_many', 'unreadable', 'refused',
    'too_long', 'not_in_code_page', 'locked_file', 'disk_full', 'no_rights', 'damaged_file', 'hash_mismatch', 'condition_unmet',
    'not_taken', 'changed_since', 'unknown_outcome', 'unsupported', 'would_ask_password', 'time_limit', 'journal_damaged', 'runner_error'
)
$script:Signals = 'waits', 'ends', 'moment_lost', 'stage_failed'

function Get-Failure {
    <# .SYNOPSIS
    Code and Text of an error record. An error without a code is runner_error. #>
    param([System.Management.Automation.ErrorRecord] $ErrorRecord)
    # A call of a COM object or a script method wraps what it threw.
    for ($exception = $ErrorRecord.Exception; $exception; $exception = $exception.InnerException) {
        $match = [regex]::Match($exception.Message, '^([a-z_]+): ?(.*)$', 'Singleline')
        if ($match.Success -and $script:Codes -ccontains $match.Groups[1].Value) {
            return New-Failure -Code $match.Groups[1].Value -Text $match.Groups[2].Value
        }
    }
    $exception = $ErrorRecord.Exception.GetBaseException()
    New-Failure -Code 'runner_error' -Text "$($exception.GetType().Name): $($exception.Message)"
}

function New-Failure {
    param([string] $Code, [string] $Text)
    if ($Text.Length -gt $script:TextLimit) { $Text = $Text.Substring(0, $script:TextLimit) }
    New-Object psobject -Property @{ Code = $Code; Text = $Text }
}

function Get-Signal {
    <# .SYNOPSIS
    The engine's own signal (waits, ends, moment_lost, stage_failed) in an error record; nothing for failures. #>
    param([System.Management.Automation.ErrorRecord] $ErrorRecord)
    $signal = $ErrorRecord.TargetObject
    if ($signal -is [string] -and $script:Signals -ccontains $signal) { $signal } else { '' }
}

function Send-Signal {
    <# .SYNOPSIS
    Throws a signal. Its name stands in the error record's target, where no text of a failure can be. #>
    param([string] $Name)
    $exception = New-Object System.InvalidOperationException $Name
    throw (New-Object System.Management.Automation.ErrorRecord $exception, 'notesfleet', 'OperationStopped', $Name)
}

Export-ModuleMember -Function Get-Failure, Get-Signal, Send-Signal
