# Part kind `document`: the items of one document that an action governs (notes_client 3 and 6). Item values are always
# lists; an integer given to ReplaceItemValue would make a number item where Notes expects text. The active Location is
# held in memory by the client, so it is selected anew after the write (safety 3.5: unproven).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:TextType = 1280
$script:NumberType = 768

function Find-DocumentPart {
    param($Client, [string] $Way, $Arguments)
    $wanted = @(Get-DocumentSelection $Arguments)
    $found = @(foreach ($document in @(Get-NotesDocument $Client $Way $Arguments['db'] $Arguments['form'])) {
            if (Test-DocumentMatch $document $wanted) { @{ db = $Arguments['db']; unid = $document.UniversalID } }
        })
    if ($found.Count -gt $script:PartLimit) { throw "too_many: $($found.Count) documents of $($Arguments['db']) match" }
    (Get-CanonicalOrder $found).Values
}

function Read-DocumentPart {
    <# .SYNOPSIS
    Value {form, items: [{name, type, values}]} and Keep {clear: [names]}. #>
    param($Client, [string] $Way, $Arguments, $At)
    $document = Get-DocumentOfPart $Client $Way $At
    $items = [object[]]@(foreach ($name in @(Get-GovernedItem $Arguments)) { if ($document.HasItem($name)) { Get-ItemRecord $document $name } })
    $value = @{ form = (Get-ItemText $document 'Form'); items = $items }
    New-Object psobject -Property @{ Value = $value; Keep = @{ clear = [object[]]@(Get-ClearedItem $document $Arguments) } }
}

function Write-DocumentPart {
    param($Client, [string] $Way, $Arguments, $At, $Value, $Keep)
    $document = Get-DocumentOfPart $Client $Way $At
    $names = @(Get-GovernedItem $Arguments)
    foreach ($name in $names) {
        if ($document.HasItem($name) -and (Get-ItemRecord $document $name)['type'] -ceq 'other') { throw "unreadable: the item $name is neither text nor number" }
    }
    foreach ($name in $names) { Set-DocumentItem $document $name (@($Value['items'] | Where-Object { $_['name'] -ceq $name }) + @($null))[0] }
    foreach ($name in @($Keep['clear'])) { $null = $document.RemoveItem($name) }
    if (-not $document.Save($true, $false)) { throw "no_rights: the document $($At['unid']) was not saved" }
    Complete-DocumentPart $Client $Way $Arguments $At
}

function Complete-DocumentPart {
    # What belongs to a write besides the Save, done again after a cut between the two: the active Location is selected
    # anew, so that the client does not go on with the old one in memory.
    param($Client, [string] $Way, $Arguments, $At)
    $document = Get-DocumentOfPart $Client $Way $At
    if ($Way -ceq 'ole' -and (Test-ActiveLocation $Client $document)) {
        $null = (Get-NotesOle $Client).Workspace.SetCurrentLocation((Get-ItemText $document 'Name'))
    }
}

function Restore-DocumentPart {
    # The items as they were; what was dropped is a cache that Notes rebuilds.
    param($Client, [string] $Way, $Arguments, $At, $Value, $Keep)
    Write-DocumentPart $Client $Way $Arguments $At $Value @{ clear = @() }
}

function Test-DocumentUnproven {
    param($Client, [string] $Way, $Arguments, $At)
    $Way -ceq 'ole' -and (Test-ActiveLocation $Client (Get-DocumentOfPart $Client $Way $At))
}

function Get-DocumentOfPart {
    param($Client, [string] $Way, $At)
    $database = Get-LocalDatabase $Client $Way $At['db']
    $document = $database.GetDocumentByUNID($At['unid'])
    if ($null -eq $document) { throw "not_found: the document $($At['unid']) of $($At['db']) is gone" }
    $document
}

function Get-NotesDocument {
    <# .SYNOPSIS
    All documents of a form in a local database. #>
    param($Client, [string] $Way, [string] $Db, [string] $Form)
    $database = Get-LocalDatabase $Client $Way $Db
    $found = $database.Search("Form=`"$Form`"", $null, 0)
    $document = $found.GetFirstDocument()
    while ($null -ne $document) {
        $document
        $document = $found.GetNextDocument($document)
    }
}

function Get-DocumentSelection {
    # The conditions on a document; the changed item matches by its old and its new value alike.
    param($Arguments)
    foreach ($each in @($Arguments['match'])) { if ($null -ne $each) { $each } }
    if ($Arguments.Contains('from') -and $Arguments.Contains('item')) {
        @{ item = $Arguments['item']; as = $Arguments['as']; any_of = @($Arguments['from'], $Arguments['to']) }
    }
}

function Test-DocumentMatch {
    <# .SYNOPSIS
    Whether every condition holds for one of the item's values; a missing item is an empty text. #>
    param($Document, [object[]] $Wanted)
    foreach ($each in $Wanted) {
        $texts = @(Get-ItemTexts $Document $each['item'])
        if (-not @($texts | Where-Object { Test-AmongTexts $_ $each['any_of'] $each['as'] }).Count) { return $false }
    }
    $true
}

function Get-GovernedItem {
    # The names of the items that the action looks after, sorted.
    param($Arguments)
    if ($Arguments.Contains('item')) { return $Arguments['item'] }
    Get-SortedTexts @($Arguments['items'] | ForEach-Object { if ($_ -is [System.Collections.IDictionary]) { $_['name'] } else { $_ } })
}

function Get-ClearedItem {
    # The items of the document that go with the write: names or, with a final `*`, their beginnings.
    param($Document, $Arguments)
    $wanted = @($Arguments['clear'] | Where-Object { $_ } | ForEach-Object { ConvertTo-AsciiLower $_ })
    if (-not $wanted.Count) { return }
    $names = @(foreach ($item in @($Document.Items)) {
            $name = ConvertTo-AsciiLower $item.Name
            if (@($wanted | Where-Object { Test-ItemName $name $_ }).Count) { $item.Name }
        })
    Get-SortedTexts $names
}

function Test-ItemName {
    param([string] $Name, [string] $Pattern)
    if (-not $Pattern.EndsWith('*', [System.StringComparison]::Ordinal)) { return $Name -ceq $Pattern }
    $Name.StartsWith($Pattern.Substring(0, $Pattern.Length - 1), [System.StringComparison]::Ordinal)
}

function Get-ItemRecord {
    <# .SYNOPSIS
    {name, type, values}; neither text nor whole numbers: type `other`, no values. #>
    param($Document, [string] $Name)
    $item = $Document.GetFirstItem($Name)
    $type = $(if ($null -eq $item) { 0 } else { $item.Type })
    $values = @($Document.GetItemValue($Name))
    if ($type -eq $script:TextType) { return @{ name = $Name; type = 'text'; values = [object[]]@($values | ForEach-Object { [string]$_ }) } }
    if ($type -eq $script:NumberType -and -not @($values | Where-Object { [double]$_ -ne [Math]::Floor([double]$_) }).Count) {
        return @{ name = $Name; type = 'number'; values = [object[]]@($values | ForEach-Object { [long]$_ }) }
    }
    @{ name = $Name; type = 'other'; values = @() }
}

function Set-DocumentItem {
    # Texts as texts, whole numbers as numbers; no record: the item goes.
    param($Document, [string] $Name, $Record)
    if ($null -eq $Record) {
        if ($Document.HasItem($Name)) { $null = $Document.RemoveItem($Name) }
    }
    elseif ($Record['type'] -ceq 'number') { $null = $Document.ReplaceItemValue($Name, [object[]]@($Record['values'] | ForEach-Object { ConvertTo-NotesNumber $_ })) }
    else { $null = $Document.ReplaceItemValue($Name, [object[]]@($Record['values'] | ForEach-Object { [string]$_ })) }
}

function ConvertTo-NotesNumber {
    # Automation knows no 64-bit integers.
    param([long] $Number)
    if ([Math]::Abs($Number) -le [int]::MaxValue) { [int]$Number } else { [double]$Number }
}

function Get-ItemTexts {
    # The item's values as texts; a missing item is one empty text.
    param($Document, [string] $Name)
    if (-not $Document.HasItem($Name)) { return '' }
    foreach ($value in @($Document.GetItemValue($Name))) {
        [System.Convert]::ToString($value, [System.Globalization.CultureInfo]::InvariantCulture)
    }
}

function Get-ItemText {
    <# .SYNOPSIS
    The item's first value as text. #>
    param($Document, [string] $Name)
    (@(Get-ItemTexts $Document $Name) + @(''))[0]
}

function Test-ActiveLocation {
    # Whether it is the Location in use: notes.ini's `Location`, before its first comma (notes_client 2).
    param($Client, $Document)
    if ((Get-ItemText $Document 'Form') -cne 'Location') { return $false }
    $current = [string](Get-NotesSession $Client 'ole').GetEnvironmentString('Location', $true)
    (Get-ItemText $Document 'Name') -ceq $current.Split(',')[0]
}

Export-ModuleMember -Function Find-DocumentPart, Read-DocumentPart, Write-DocumentPart, Restore-DocumentPart, Complete-DocumentPart, Test-DocumentUnproven, Get-NotesDocument, Test-DocumentMatch, Get-ItemRecord, Get-ItemText
