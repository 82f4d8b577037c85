# Takes the place of the seams (safety 8) before a shipped script defines its own: every function asks the model
# over the process' one connection to the simulator. Runs in each runspace that shall see the model's PC.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function global:ConvertTo-WireValue($Value) {
    # A value as JSON can carry it; bytes, lists and Notes objects are tagged. Tens of thousands of calls come through
    # here, so what is frequent comes first and nothing is built for it.
    if ($Value -is [string] -or $null -eq $Value) { return $Value }
    if ($Value -is [int] -or $Value -is [long] -or $Value -is [bool] -or $Value -is [double]) { return $Value }
    if ($Value -is [byte[]]) { return @{ bytes = [System.Convert]::ToBase64String($Value) } }
    if ($Value -is [System.Array] -or $Value -is [System.Collections.ArrayList]) {
        return @{ list = @(foreach ($item in $Value) { if ($item -is [string]) { $item } else { , (ConvertTo-WireValue $item) } }) }
    }
    $handle = $Value.PSObject.Properties['NotesHandle']
    if ($handle) { return @{ object = $handle.Value } }
    if ($Value -is [System.Collections.IEnumerable]) { return @{ list = @(foreach ($item in $Value) { , (ConvertTo-WireValue $item) }) } }
    [string]$Value
}

function global:ConvertFrom-WireValue($Wire) {
    # The reverse. Texts carry a leading "=", so that no JSON reader takes one for a date. A list comes as one object.
    switch ($Wire.k) {
        'null' { return $null }
        'text' { return $Wire.v.Substring(1) }
        'int' { if ([Math]::Abs([long]$Wire.v) -le [int]::MaxValue) { return [int]$Wire.v } else { return [long]$Wire.v } }
        'float' { return [double]$Wire.v }
        'bool' { return [bool]$Wire.v }
        'bytes' { return , ([System.Convert]::FromBase64String($Wire.v)) }
        'time' {
            $styles = [System.Globalization.DateTimeStyles]'AssumeUniversal, AdjustToUniversal'
            $culture = [System.Globalization.CultureInfo]::InvariantCulture
            return [datetime]::ParseExact($Wire.v.Substring(1), 'yyyy-MM-ddTHH:mm:ssZ', $culture, $styles)
        }
        'list' {
            return , @(foreach ($item in @($Wire.v)) { , (ConvertFrom-WireValue $item) })
        }
        'record' {
            $fields = [ordered]@{}
            foreach ($field in $Wire.v.PSObject.Properties) { $fields[$field.Name] = ConvertFrom-WireValue $field.Value }
            return [pscustomobject]$fields
        }
        'object' { return (New-NotesProxy $Wire.v.class $Wire.v.handle) }
        default { throw "runner_error: the simulator sent a value of the kind $($Wire.k)" }
    }
}

function global:Invoke-Wire([hashtable] $Request) {
    # One call to the model. A failure is thrown with its text, `<code>: text`.
    $wire = [System.AppDomain]::CurrentDomain.GetData('notesfleet.wire')
    $wire.Writer.WriteLine((ConvertTo-Json -InputObject $Request -Compress -Depth 8))
    $line = $wire.Reader.ReadLine()
    # The PC lost its power: nothing more happens here, not even a clean-up.
    if ($null -eq $line) { [System.Environment]::Exit(1) }
    $answer = ConvertFrom-Json -InputObject $line
    if ($answer.PSObject.Properties['error']) { throw $answer.error.Substring(1) }
    $answer.value
}

function global:Invoke-Seam([string] $Name, [object[]] $Values, [bool] $Quiet) {
    $wire = Invoke-Wire @{ seam = $Name; arguments = $(if ($Values.Count) { ConvertTo-WireValue $Values } else { $global:NoArguments }) }
    if ($Quiet) { return }
    $value = ConvertFrom-WireValue $wire
    if ($wire.k -eq 'bytes') { return , $value }
    $value
}

function global:Invoke-NotesMember($Object, [string] $Name, [object[]] $Values) {
    $wire = Invoke-Wire @{ object = $Object.NotesHandle; member = $Name; arguments = $(if ($Values.Count) { ConvertTo-WireValue $Values } else { $global:NoArguments }) }
    $value = ConvertFrom-WireValue $wire
    # Notes gives arrays also for single values, so they must not unroll.
    if ($wire.k -eq 'list') { return , $value }
    $value
}

$global:NotesMembers = @{}
$global:NoArguments = @{ list = @() }

function global:Get-NotesMember([string] $Class) {
    # Notes' own member names. Made once for a class: each script block is compiled anew where it is first called.
    if ($global:NotesMembers.ContainsKey($Class)) { return $global:NotesMembers[$Class] }
    $known = [System.AppDomain]::CurrentDomain.GetData('notesfleet.wire').Table.classes.$Class
    $members = New-Object System.Collections.ArrayList
    foreach ($name in @($known.properties)) {
        $block = [scriptblock]::Create("`$value = Invoke-NotesMember `$this '$name' @(); if (`$value -is [array]) { , `$value } else { `$value }")
        $null = $members.Add((New-Object System.Management.Automation.PSScriptProperty $name, $block))
    }
    foreach ($name in @($known.methods)) {
        $block = [scriptblock]::Create("`$value = Invoke-NotesMember `$this '$name' `$args; if (`$value -is [array]) { , `$value } else { `$value }")
        $null = $members.Add((New-Object System.Management.Automation.PSScriptMethod $name, $block))
    }
    $global:NotesMembers[$Class] = $members.ToArray()
    $global:NotesMembers[$Class]
}

function global:New-NotesProxy([string] $Class, [int] $Handle) {
    # An object whose calls reach the model's object of that handle.
    $proxy = New-Object PSObject
    $proxy.PSObject.Members.Add((New-Object System.Management.Automation.PSNoteProperty 'NotesHandle', $Handle))
    foreach ($member in @(Get-NotesMember $Class)) { $proxy.PSObject.Members.Add($member) }
    $proxy
}

function global:Import-RunnerModule([string] $Path) {
    # The simulated PC's files are in the model, where no Import-Module finds them.
    $text = [System.Text.Encoding]::UTF8.GetString((Get-ClientFile -Path $Path -Limit 4194304))
    New-Module -Name ([System.IO.Path]::GetFileNameWithoutExtension($Path.Replace('\', '/'))) -ScriptBlock ([scriptblock]::Create($text)) |
        Import-Module -Global -DisableNameChecking
}

foreach ($seam in @([System.AppDomain]::CurrentDomain.GetData('notesfleet.wire').Table.seams)) {
    $names = @($seam.parameters | ForEach-Object { '$' + $_.name })
    $declared = @($seam.parameters | ForEach-Object { "[$($_.type)] `$$($_.name)" }) -join ', '
    # Each value is an array element of its own: the comma keeps bytes together.
    $values = if ($names.Count -eq 1) { ", $($names[0])" } else { $names -join ', ' }
    $quiet = if ($seam.quiet) { '$true' } else { '$false' }
    $body = "function global:$($seam.name) { param($declared) Invoke-Seam '$($seam.name)' @($values) $quiet }"
    . ([scriptblock]::Create($body))
}
