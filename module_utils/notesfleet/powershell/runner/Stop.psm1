# What keeps an order from beginning a stage: recall and slots (safety 1.11, 1.12; action-engine section 11).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function Get-EndState {
    <# .SYNOPSIS
    `cancelled` by the administrators' file, `expired` past its `not_after`, else nothing. #>
    param($Staged)
    if ($null -ne (Get-ClientFile -Path "$($Staged.Folder)\orders\$($Staged.Id).cancel" -Limit 1)) { return 'cancelled' }
    $notAfter = $Staged.Staging['not_after']
    if ($notAfter -and (Get-RunnerTime).ToUniversalTime() -gt (ConvertFrom-MomentText $notAfter)) { return 'expired' }
}

function Get-StopReason {
    <# .SYNOPSIS
    `not_before` while its time has not come, `stopped_by_site` while the campaign is stopped, else nothing. #>
    param([System.Collections.IDictionary] $Staging)
    if ($Staging['not_before'] -and (Get-RunnerTime).ToUniversalTime() -lt (ConvertFrom-MomentText $Staging['not_before'])) { return 'not_before' }
    if ($Staging['stop_file'] -and (Test-StopFile $Staging)) { return 'stopped_by_site' }
}

function Test-StopFile {
    param([System.Collections.IDictionary] $Staging)
    # A file that another program holds is there.
    try { $null -ne (Get-ClientFile -Path $Staging['stop_file'] -Limit 1) }
    catch { (Get-Failure $_).Code -ceq 'locked_file' -or [bool]$Staging['stop_if_unreadable'] }
}

Export-ModuleMember -Function Get-EndState, Get-StopReason
