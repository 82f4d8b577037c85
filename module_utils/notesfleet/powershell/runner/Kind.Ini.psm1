# Part kind `ini`: all lines of one name in notes.ini, in the file while Notes is closed, else in the client's memory,
# which it writes at exit (notes_client 2, safety 4.4).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:IniLimit = 1048576

function Find-IniPart {
    param($Client, [string] $Way, $Arguments)
    @{ ini = (ConvertTo-IniName $Arguments['name']) }
}

function Read-IniPart {
    <# .SYNOPSIS
    Value {values} and Keep [[number, line with its end]]. #>
    param($Client, [string] $Way, $Arguments, $At)
    if ($Way -ceq 'ole') {
        $text = [string](Get-NotesSession $Client $Way).GetEnvironmentString($At['ini'], $true)
        return New-Object psobject -Property @{ Value = @{ values = [object[]]@($text | Where-Object { $_.Length }) }; Keep = @() }
    }
    $ini = Read-ClientIni $Client
    $keep = [object[]]@(Get-KeptLine $ini $At['ini'])
    New-Object psobject -Property @{ Value = @{ values = [object[]]@(Get-IniValue $ini $At['ini']) }; Keep = $keep }
}

function Write-IniPart {
    param($Client, [string] $Way, $Arguments, $At, $Value, $Keep)
    $ini = Read-ClientIni $Client
    $values = @($Value['values'])
    if ($Way -cne 'ole') {
        Set-IniValue -Ini $ini -Name $Arguments['name'] -Values $values
        Set-ClientFile -Path $Client.Staging['ini'] -Content (ConvertTo-IniData $ini)
        return
    }
    if (@(Get-IniLine $ini $At['ini']).Count -gt 1) { throw "refused: notes.ini has $($At['ini']) more than once; it waits for a closed Notes" }
    if ($values.Count -ne 1 -or -not $values[0]) { throw "refused: $($At['ini']) cannot be removed while Notes is open" }
    $null = (Get-NotesSession $Client $Way).SetEnvironmentVar($Arguments['name'], $values[0], $true)
}

function Restore-IniPart {
    # The lines as they stood; in memory only their one value.
    param($Client, [string] $Way, $Arguments, $At, $Value, $Keep)
    if ($Way -ceq 'ole') {
        $text = [string](@($Value['values']) + @(''))[0]
        $null = (Get-NotesSession $Client $Way).SetEnvironmentVar($Arguments['name'], $text, $true)
        return
    }
    $ini = Read-ClientIni $Client
    Restore-IniLine -Ini $ini -Name $At['ini'] -Keep $Keep
    Set-ClientFile -Path $Client.Staging['ini'] -Content (ConvertTo-IniData $ini)
}

function Complete-IniPart { param($Client, [string] $Way, $Arguments, $At) }

function Test-IniUnproven { param($Client, [string] $Way, $Arguments, $At) $false }

function Read-ClientIni {
    # The client's notes.ini as the file has it. Throws not_found, damaged_file (over 1 MB).
    param($Client)
    $path = $Client.Staging['ini']
    $data = Get-ClientFile -Path $path -Limit ($script:IniLimit + 1)
    if ($null -eq $data) { throw "not_found: there is no $path" }
    if ($data.Length -gt $script:IniLimit) { throw "damaged_file: $path has more than $script:IniLimit bytes" }
    Read-NotesIni -Data $data -CodePage (Get-CodePage)
}

Export-ModuleMember -Function Find-IniPart, Read-IniPart, Write-IniPart, Restore-IniPart, Complete-IniPart, Test-IniUnproven
