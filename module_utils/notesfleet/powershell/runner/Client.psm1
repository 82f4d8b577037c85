# What an action works with: the order, its staging, and the doors to Notes that this pass has opened.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function New-Client {
    <# .SYNOPSIS
    One order's client during one pass. #>
    param($Staged, $User)
    New-Object psobject -Property @{
        Order = $Staged.Order; Staging = $Staged.Staging; User = $User; Data = $Staged.Order['owner']['data']
        PromptFree = [bool]$Staged.Staging['prompt_free']; Ole = $null; Com = $null
    }
}

function Get-NotesOle {
    <# .SYNOPSIS
    The running client's Session and Workspace; the caller has seen that it runs. #>
    param($Client)
    if ($null -eq $Client.Ole) { $Client.Ole = Connect-NotesOle }
    $Client.Ole
}

function Get-NotesSession {
    <# .SYNOPSIS
    The door to Notes that this way means. #>
    param($Client, [string] $Way)
    if ($Way -ceq 'ole') { return (Get-NotesOle $Client).Session }
    if ($Way -cne 'com') { throw "runner_error: there is no session by $Way" }
    if ($null -eq $Client.Com) { $Client.Com = New-NotesSession }
    $Client.Com
}

function Clear-NotesSession {
    <# .SYNOPSIS
    A client that was closed takes its objects with it. #>
    param($Client)
    $Client.Ole = $null
    $Client.Com = $null
}

function Get-NotesDatabase {
    <# .SYNOPSIS
    An open database; nothing where it does not open. #>
    param($Client, [string] $Way, [string] $Server, [string] $Path)
    $session = Get-NotesSession $Client $Way
    $found = $session.GetDatabase($Server, $Path, $false)
    if ($null -ne $found -and $found.IsOpen) { $found }
}

function Get-LocalDatabase {
    <# .SYNOPSIS
    A database of the data directory. Throws damaged_file where it does not open. #>
    param($Client, [string] $Way, [string] $Path)
    $found = Get-NotesDatabase $Client $Way '' $Path
    if ($null -eq $found) { throw "damaged_file: $Path does not open" }
    $found
}

function Format-Moment {
    <# .SYNOPSIS
    A time as journals have it: UTC, seconds, Z. #>
    param([datetime] $Moment)
    $Moment.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss', [System.Globalization.CultureInfo]::InvariantCulture) + 'Z'
}

function ConvertFrom-MomentText {
    <# .SYNOPSIS
    The reverse of Format-Moment. #>
    param([string] $Text)
    $styles = [System.Globalization.DateTimeStyles]'AssumeUniversal, AdjustToUniversal'
    [datetime]::ParseExact($Text, "yyyy-MM-dd'T'HH:mm:ss'Z'", [System.Globalization.CultureInfo]::InvariantCulture, $styles)
}

Export-ModuleMember -Function New-Client, Get-NotesOle, Get-NotesSession, Clear-NotesSession, Get-NotesDatabase, Get-LocalDatabase, Format-Moment, ConvertFrom-MomentText
