# What the runner needs to know of each action: actions.json beside it, generated from the schemas.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:Table = New-Object System.Collections.Hashtable ([System.StringComparer]::Ordinal)
(ConvertFrom-StrictJson ([System.IO.File]::ReadAllText([System.IO.Path]::Combine($PSScriptRoot, 'actions.json')))).Value['actions'] |
    ForEach-Object { $script:Table[$_['name']] = $_ }

function Get-ActionSchema {
    <# .SYNOPSIS
    The action's entry: name, kind, part_kind, ways, unmet, writes; nothing for one that this runner does not know. #>
    param([string] $Name)
    $script:Table[$Name]
}

function Test-Condition {
    <# .SYNOPSIS
    Whether the action of an order is a condition. #>
    param($Action)
    $script:Table[$Action['name']]['kind'] -ceq 'condition'
}

function Get-ActionWay {
    <# .SYNOPSIS
    The ways in which an action can work; `verify.value` of notes.ini needs no session. #>
    param($Action)
    if ($Action['name'] -ceq 'verify.value' -and $Action['with']['kind'] -ceq 'ini') { return 'any' }
    $script:Table[$Action['name']]['ways']
}

function Select-ActionWay {
    <# .SYNOPSIS
    The first of the action's ways that is offered; nothing if none is. #>
    param($Action, [string[]] $Offered)
    foreach ($way in @(Get-ActionWay $Action)) { if ($Offered -ccontains $way) { return $way } }
}

Export-ModuleMember -Function Get-ActionSchema, Test-Condition, Get-ActionWay, Select-ActionWay
