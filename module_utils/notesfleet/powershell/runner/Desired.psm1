# `desired`: what a part should be, a pure function of arguments and value (action-engine section 3); and the part kinds
# by name.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:IniValueLimit = 255

$script:Kinds = @{
    ini = @{ Exact = $true; Later = $false; Find = 'Find-IniPart'; Read = 'Read-IniPart'; Write = 'Write-IniPart'; Restore = 'Restore-IniPart'; Settle = 'Complete-IniPart'; Unproven = 'Test-IniUnproven' }
    document = @{ Exact = $true; Later = $false; Find = 'Find-DocumentPart'; Read = 'Read-DocumentPart'; Write = 'Write-DocumentPart'; Restore = 'Restore-DocumentPart'; Settle = 'Complete-DocumentPart'; Unproven = 'Test-DocumentUnproven' }
    replica = @{ Exact = $false; Later = $false; Find = 'Find-ReplicaPart'; Read = 'Read-ReplicaPart'; Write = 'Write-ReplicaPart'; Restore = 'Restore-ReplicaPart'; Settle = 'Complete-ReplicaPart'; Unproven = 'Test-ReplicaUnproven' }
    entry = @{ Exact = $false; Later = $true; Find = 'Find-EntryPart'; Read = 'Read-EntryPart'; Write = 'Write-EntryPart'; Restore = 'Restore-EntryPart'; Settle = 'Complete-EntryPart'; Unproven = 'Test-EntryUnproven' }
}

function Get-PartKind {
    <# .SYNOPSIS
    Exact, Later and the names of the functions of a part kind. #>
    param([string] $Name)
    if (-not $script:Kinds.ContainsKey($Name)) { throw "runner_error: there is no part kind $Name" }
    $script:Kinds[$Name]
}

function Get-DesiredValue {
    <# .SYNOPSIS
    What the part should be. May throw a code. #>
    param([string] $Action, $Arguments, $Value)
    switch -CaseSensitive ($Action) {
        'ini.set' { Get-IniWanted $Arguments }
        'document.set_items' { Get-ItemsWanted $Arguments $Value }
        'document.replace_value' { Get-ReplacedWanted $Arguments $Value }
        'replica.ensure' { Get-ReplicaWanted $Arguments $Value }
        'replicator.ensure' { Get-EntryWanted $Arguments $Value }
        'replicator.replace_server' { Get-EntryServerWanted $Arguments $Value }
        default { throw "runner_error: nothing is desired by $Action" }
    }
}

function Get-IniWanted {
    param($Arguments)
    $length = $Arguments['value'].Length
    if ($length -gt $script:IniValueLimit) { throw "too_long: $length characters, Notes reads $script:IniValueLimit" }
    @{ values = @($Arguments['value']) }
}

function Get-ItemsWanted {
    param($Arguments, $Value)
    $items = New-Object System.Collections.Hashtable ([System.StringComparer]::Ordinal)
    foreach ($item in @($Value['items']) + @($Arguments['items'])) { $items[$item['name']] = $item }
    @{ form = $Value['form']; items = [object[]]@(Get-SortedTexts @($items.Keys) | ForEach-Object { $items[$_] }) }
}

function Get-ReplacedWanted {
    # `to` where `from` stood; further values and other items as they are.
    param($Arguments, $Value)
    $items = @(foreach ($item in @($Value['items'])) {
            if ($item['type'] -ceq 'other') { throw "unreadable: the item $($item['name']) is neither text nor number" }
            if ($item['type'] -cne 'text' -or $item['name'] -cne $Arguments['item']) { $item; continue }
            $values = @($item['values'] | ForEach-Object { if (Test-SameText $_ $Arguments['from'] $Arguments['as']) { $Arguments['to'] } else { $_ } })
            @{ name = $item['name']; type = 'text'; values = $values }
        })
    @{ form = $Value['form']; items = $items }
}

function Get-ReplicaWanted {
    param($Arguments, $Value)
    if ($null -ne $Value -and $Value['replica_id'] -cne $Arguments['replica_id']) {
        throw "refused: $($Arguments['path']) is a replica of $($Value['replica_id'])"
    }
    @{ replica_id = $Arguments['replica_id'] }
}

function Get-EntryWanted {
    # An entry that is there stays as its user has it.
    param($Arguments, $Value)
    if ($null -ne $Value) { return $Value }
    @{ server = $Arguments['server']; send = $true; receive = $true; enabled = $true }
}

function Get-EntryServerWanted {
    param($Arguments, $Value)
    if ($null -eq $Value -or -not (Test-SameText $Value['server'] $Arguments['from'] 'name')) { return $Value }
    @{ server = $Arguments['to']; send = $Value['send']; receive = $Value['receive']; enabled = $Value['enabled'] }
}

Export-ModuleMember -Function Get-PartKind, Get-DesiredValue
