# Whose Notes it is, looked at before the first write (safety 1.2; action-engine section 11). COM may find another
# notes.ini or ID than the user's (notes_client 1).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function Update-Identity {
    <# .SYNOPSIS
    Journal whose Notes it is, where a session can be had and it differs from what is known. True: looked at. #>
    param($Client, $Writer, $Moment)
    $way = Get-SessionWay $Moment $Client.PromptFree
    if (-not $way) { return $false }
    $session = Get-NotesSession $Client $way
    $found = @{
        user = [string]$session.UserName
        data = [string]$session.GetEnvironmentString('Directory', $true)
        machine = Get-MachineId
        notes_started = $(if ($null -ne $Moment.NotesStarted) { Format-Moment $Moment.NotesStarted })
    }
    if (-not (Test-IdentityKnown $Writer.Progress.Identity $found)) { Write-JournalRecord $Writer 'identity' $found }
    $true
}

function Test-IdentityKnown {
    param($Known, [System.Collections.IDictionary] $Found)
    if ($null -eq $Known) { return $false }
    foreach ($name in @($Found.Keys)) { if (-not (Test-CanonicalEqual $Known[$name] $Found[$name])) { return $false } }
    $true
}

function Get-ForeignIdentity {
    <# .SYNOPSIS
    What of the known identity is not the order's owner; nothing where it is. #>
    param($Client, $Known)
    $owner = $Client.Order['owner']
    if ($null -ne $owner['user'] -and -not (Test-SameText $owner['user'] $Known['user'] 'name')) { return "Notes runs as $($Known['user'])" }
    if (-not (Test-SameText $owner['data'] $Known['data'] 'path')) { return "Notes uses $($Known['data'])" }
}

Export-ModuleMember -Function Update-Identity, Get-ForeignIdentity
