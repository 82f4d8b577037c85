# Orders as they lie on the PC: the order, its staging and its journal (action-engine sections 4 and 11).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:FileLimit = 1048576
$script:Known = @{}
$script:OrderFields = 'schema', 'campaign', 'step', 'client', 'owner', 'incarnation', 'mode', 'round', 'of', 'after', 'actions'
$script:StagingTypes = @{
    attempt = [long]; not_before = [string]; not_after = [string]; stop_file = [string]; stop_if_unreadable = [bool]
    prompt_free = [bool]; window = [string]; ini = [string]; issued_by = [string]; issued_at = [string]; text = [string]
}

function Get-StagedOrder {
    <# .SYNOPSIS
    The orders of a client's folder, oldest first: Id, Order (null where it cannot be trusted), Staging, Journal, Folder.
    What is staged halfway or damaged is left alone. #>
    param([string] $Folder, [string] $Sid)
    $staged = @{}
    foreach ($name in @(Get-ClientFileList -Folder "$Folder\orders")) {
        if ($name -cnotmatch '^[^.]+\.json$') { continue }
        $each = $null
        # A file that another program holds just now is there at the next look.
        try { $each = Read-StagedOrder -Folder $Folder -Id $name.Substring(0, $name.Length - 5) -Sid $Sid }
        catch { if ((Get-Failure $_).Code -ceq 'runner_error') { throw } }
        if ($null -ne $each) { $staged[(ConvertTo-CanonicalText @($each.Staging['issued_at'], $each.Id))] = $each }
    }
    foreach ($key in @(Get-SortedTexts @($staged.Keys))) { $staged[$key] }
}

function Read-StagedOrder {
    param([string] $Folder, [string] $Id, [string] $Sid)
    $staging = Read-KnownFile -Path "$Folder\orders\$Id.staging.json" -Limit $script:FileLimit -Read { ConvertFrom-StagingData $args[0] }
    if ($null -eq $staging) { return }
    $order = Read-KnownFile -Path "$Folder\orders\$Id.json" -Limit $script:FileLimit -Read { ConvertFrom-OrderData -Data $args[0] -Id $Id -Sid $Sid }
    $journal = Read-OrderJournal -Folder $Folder -Id $Id
    if ($null -eq $journal) { return }
    New-Object psobject -Property @{ Id = $Id; Order = $order; Staging = $staging; Journal = $journal; Folder = $Folder }
}

function Read-OrderJournal {
    # Nothing where there is no file, or it is damaged: nothing may be written to it then.
    param([string] $Folder, [string] $Id)
    Read-KnownFile -Path "$Folder\journals\$Id.journal" -Limit ($script:JournalLimit + 1) -Read {
        try { Read-Journal $args[0] } catch { if ((Get-Failure $_).Code -cne 'journal_damaged') { throw } }
    }
}

function Read-KnownFile {
    # What a file's bytes mean; nothing where there is no file. A runner looks for hours: only other bytes are read anew.
    # Nobody changes what this gives.
    param([string] $Path, [int] $Limit, [scriptblock] $Read)
    $data = Get-ClientFile -Path $Path -Limit $Limit
    if ($null -eq $data) { return }
    $content = [System.Convert]::ToBase64String($data)
    $known = $script:Known[$Path]
    if ($null -eq $known -or $known.Content -cne $content) {
        $known = New-Object psobject -Property @{ Content = $content; Meaning = (& $Read $data) }
        $script:Known[$Path] = $known
    }
    $known.Meaning
}

function Test-JournalEnd {
    # Whether a journal's last record is `finished` with one of these states.
    param($Journal, [string[]] $States)
    $count = $Journal.Records.Count
    $count -gt 0 -and $Journal.Records[$count - 1]['k'] -ceq 'finished' -and (-not $States -or $States -ccontains $Journal.Records[$count - 1]['state'])
}

function Test-OrderDone {
    <# .SYNOPSIS
    Whether an order of this client ended in `done`, by its journal. #>
    param([string] $Folder, [string] $Id)
    $journal = Read-OrderJournal -Folder $Folder -Id $Id
    $null -ne $journal -and (Test-JournalEnd $journal 'done')
}

function Test-OrderFinished {
    <# .SYNOPSIS
    Whether the order's journal is finished. #>
    param($Staged)
    Test-JournalEnd $Staged.Journal
}

function Test-OrderRetried {
    <# .SYNOPSIS
    Whether it had failed or expired, and is sent with a higher attempt. #>
    param($Staged)
    if (-not (Test-JournalEnd $Staged.Journal 'failed', 'expired')) { return $false }
    $attempt = 1
    foreach ($record in $Staged.Journal.Records) {
        if ($record['k'] -ceq 'retry' -and $record['attempt'] -gt $attempt) { $attempt = $record['attempt'] }
    }
    $Staged.Staging['attempt'] -gt $attempt
}

function ConvertFrom-StagingData {
    # Nothing where the staging cannot be read.
    param([byte[]] $Data)
    try { $staging = (ConvertFrom-StrictJson $script:StrictAscii.GetString($Data)).Value } catch { return }
    if (-not ($staging -is [System.Collections.IDictionary]) -or -not $staging['ini']) { return }
    if ($null -eq $staging['attempt']) { $staging['attempt'] = [long]1 }
    if ($null -eq $staging['issued_at']) { $staging['issued_at'] = '' }
    foreach ($name in @($staging.Keys)) {
        $type = $script:StagingTypes[$name]
        if (-not $type -or ($null -ne $staging[$name] -and -not ($staging[$name] -is $type))) { return }
    }
    if ($staging['attempt'] -ge 1 -and $staging['attempt'] -le 1000) { $staging }
}

function ConvertFrom-OrderData {
    # The order, if it has its hash, is of this client and has only actions that this runner knows.
    param([byte[]] $Data, [string] $Id, [string] $Sid)
    if ((Get-Sha256Text $Data).Substring(0, 32) -cne $Id) { return }
    try { $order = (ConvertFrom-StrictJson $script:StrictAscii.GetString($Data)).Value } catch { return }
    if (-not ($order -is [System.Collections.IDictionary])) { return }
    foreach ($name in @($order.Keys)) { if ($script:OrderFields -cnotcontains $name) { return } }
    if ((Test-OrderHead -Order $order -Sid $Sid) -and (Test-OrderActions $order['actions'])) { $order }
}

function Test-OrderHead {
    param([System.Collections.IDictionary] $Order, [string] $Sid)
    $owner, $incarnation = $Order['owner'], $Order['incarnation']
    if (-not ($owner -is [System.Collections.IDictionary]) -or -not ($incarnation -is [System.Collections.IDictionary])) { return $false }
    if ($Order['schema'] -ne 1 -or 'apply', 'check' -cnotcontains $Order['mode'] -or $owner['sid'] -cne $Sid) { return $false }
    foreach ($before in @($Order['after'])) { if (-not ($before -is [string]) -or $before -cnotmatch '^[0-9a-f]{32}$') { return $false } }
    ($owner['data'] -is [string]) -and ($incarnation['machine'] -is [string]) -and ($null -eq $owner['user'] -or $owner['user'] -is [string])
}

function Test-OrderActions {
    param([object[]] $Actions)
    if (-not $Actions -or $Actions.Length -gt 200) { return $false }
    foreach ($action in $Actions) {
        if (-not ($action -is [System.Collections.IDictionary]) -or -not ($action['with'] -is [System.Collections.IDictionary])) { return $false }
        if (-not ($action['name'] -is [string]) -or -not (Get-ActionSchema $action['name'])) { return $false }
    }
    $true
}

Export-ModuleMember -Function Get-StagedOrder, Test-OrderDone, Test-OrderFinished, Test-OrderRetried, ConvertFrom-OrderData
