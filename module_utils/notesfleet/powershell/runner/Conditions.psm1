# Conditions: what an action may only look at. `met` null: it cannot be known (action-engine section 3).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:NrpcPort = 1352

function Test-ActionCondition {
    <# .SYNOPSIS
    Met (true, false, null) and Saw of a condition. May throw a code. #>
    param([string] $Name, $Client, [string] $Way, $Arguments)
    switch -CaseSensitive ($Name) {
        'document.read' { Test-DocumentRead $Client $Way $Arguments }
        'replicator.read' { Test-ReplicatorRead $Client $Way $Arguments }
        'require.mailbox_at' { Test-MailboxAt $Client $Way $Arguments }
        'require.outbox_empty' { Test-OutboxEmpty $Client $Way $Arguments }
        'require.replica_complete' { Test-ReplicaComplete $Client $Way $Arguments }
        'require.same_replica_id' { Test-SameReplicaId $Client $Way $Arguments }
        'require.server_opens' { Test-ServerOpens $Client $Way $Arguments }
        'verify.opens' { Test-Opens $Client $Way $Arguments }
        'verify.value' { Test-Value $Client $Way $Arguments }
        default { throw "runner_error: there is no condition $Name" }
    }
}

function New-Finding {
    param($Met, [System.Collections.IDictionary] $Saw)
    New-Object psobject -Property @{ Met = $Met; Saw = $Saw }
}

function Get-ShownReplicaId {
    # The id of a database, or nothing where it does not open.
    param($Database)
    if ($null -ne $Database) { Limit-Text $Database.ReplicaID }
}

function Test-MailboxAt {
    # The Person document names the server (safety 3.7). Asked of the directory on a server.
    param($Client, [string] $Way, $Arguments)
    $person = Get-PersonDocument $Client $Way $Arguments
    if ($null -eq $person) { return New-Finding $null @{ mail_server = $null; mail_file = $null; roaming = $null } }
    $saw = @{}
    # RoamingUser "1" = a roaming user: known from experience; no page that was found documents the name.
    foreach ($pair in @('mail_server', 'MailServer'), @('mail_file', 'MailFile'), @('roaming', 'RoamingUser')) {
        $saw[$pair[0]] = Limit-Text (Get-ItemText $person $pair[1])
    }
    New-Finding (Test-SameText (Get-ItemText $person 'MailServer') $Arguments['server'] 'name') $saw
}

function Get-PersonDocument {
    # The Person document of `user`, or of the session's own user; nothing where there is none to be seen.
    param($Client, [string] $Way, $Arguments)
    $directory = Get-NotesDatabase $Client $Way $Arguments['directory'] 'names.nsf'
    $view = $(if ($null -ne $directory) { $directory.GetView('($Users)') })
    if ($null -eq $view) { return }
    $user = $(if ($null -ne $Arguments['user']) { $Arguments['user'] } else { (Get-NotesSession $Client $Way).UserName })
    $view.GetDocumentByKey($user, $true)
}

function Test-ServerOpens {
    # The port answers and the mail file opens there, before anything is switched (safety 3.14).
    param($Client, [string] $Way, $Arguments)
    $port, $found = $null, $null
    if ($Arguments['host']) { $port = [bool](Test-ServerPort -HostName $Arguments['host'] -Port $script:NrpcPort) }
    if ($false -ne $port) { $found = Get-NotesDatabase $Client $Way $Arguments['server'] $Arguments['path'] }
    if ($null -eq $found) { return New-Finding $false @{ port = $port; opens = $false; replica_id = $null; size = $null } }
    $id = Get-ShownReplicaId $found
    $saw = @{ port = $port; opens = $true; replica_id = $id; size = [long]$found.Size }
    New-Finding ($null -eq $Arguments['replica_id'] -or $Arguments['replica_id'] -ceq $id) $saw
}

function Test-SameReplicaId {
    param($Client, [string] $Way, $Arguments)
    $id = Get-ShownReplicaId (Get-NotesDatabase $Client $Way $Arguments['server'] $Arguments['path'])
    New-Finding $(if ($null -ne $id) { $id -ceq $Arguments['replica_id'] }) @{ replica_id = $id }
}

function Test-OutboxEmpty {
    # No mail waits in the local mail.box (safety 3.2); no file is none waiting, one that does not open is not.
    param($Client, [string] $Way, $Arguments)
    $found = Get-NotesDatabase $Client $Way '' $Arguments['path']
    if ($null -ne $found) {
        $count = [long]$found.AllDocuments.Count
        return New-Finding ($count -eq 0) @{ exists = $true; count = $count }
    }
    if ($null -eq (Get-ClientFile -Path ($Client.Data + '\' + $Arguments['path']) -Limit 1)) { return New-Finding $true @{ exists = $false; count = [long]0 } }
    New-Finding $null @{ exists = $true; count = $null }
}

function Test-ReplicaComplete {
    # The local replica has as many documents as the server's, within the tolerance (safety 3.4).
    param($Client, [string] $Way, $Arguments)
    $local = Get-NotesDatabase $Client $Way '' $Arguments['path']
    $remote = Get-NotesDatabase $Client $Way $Arguments['server'] $Arguments['server_path']
    $saw = @{
        replica_id = Get-ShownReplicaId $local
        local = $(if ($null -ne $local) { [long]$local.AllDocuments.Count })
        remote = $(if ($null -ne $remote) { [long]$remote.AllDocuments.Count })
    }
    if ($null -eq $saw['local'] -or $saw['replica_id'] -cne $Arguments['replica_id']) { return New-Finding $false $saw }
    if ($null -eq $saw['remote']) { return New-Finding $null $saw }
    New-Finding ($saw['local'] + $Arguments['tolerance'] -ge $saw['remote']) $saw
}

function Test-Opens {
    param($Client, [string] $Way, $Arguments)
    $id = Get-ShownReplicaId (Get-NotesDatabase $Client $Way $Arguments['server'] $Arguments['path'])
    New-Finding ($null -ne $id -and $id -ceq $Arguments['replica_id']) @{ opens = $null -ne $id; replica_id = $id }
}

function Test-Value {
    # Each part found has one of the values; without `any_of`: each part found is there.
    param($Client, [string] $Way, $Arguments)
    $kind = Get-PartKind $Arguments['kind']
    $find = @{ items = @($Arguments['item']) }
    foreach ($name in @($Arguments['find'].Keys)) { if ($name -cne 'items') { $find[$name] = $Arguments['find'][$name] } }
    $saw = New-Object System.Collections.ArrayList
    $met = $true
    foreach ($at in @(& $kind.Find $Client $Way $find)) {
        $texts = (Get-ComparedText $Arguments (& $kind.Read $Client $Way $find $at).Value).Texts
        if (-not (Test-ComparedText $Arguments $texts)) { $met = $false }
        $null = $saw.Add(@{ at = $at; values = $(if ($null -ne $texts) { , [object[]]@($texts | ForEach-Object { Limit-Text $_ }) }) })
    }
    New-Finding ($met -and $saw.Count -gt 0) @{ values = $saw.ToArray() }
}

function Test-ComparedText {
    param($Arguments, $Texts)
    if ($null -eq $Texts) { return $false }
    $choices = @($Arguments['any_of'])
    if (-not $choices.Count) { return $true }
    @($Texts | Where-Object { Test-AmongTexts $_ $choices $Arguments['as'] }).Count -gt 0
}

function Get-ComparedText {
    # Texts that `any_of` is compared with; null where the part or item is not there.
    param($Arguments, $Value)
    $texts = $null
    if ($null -ne $Value) {
        switch -CaseSensitive ($Arguments['kind']) {
            'ini' { if ($Value['values'].Length) { $texts = $Value['values'] } }
            'document' {
                foreach ($item in $Value['items']) { if ($item['name'] -ceq $Arguments['item']) { $texts = [object[]]@($item['values'] | ForEach-Object { [string]$_ }) } }
            }
            'replica' { $texts = @($Value['replica_id']) }
            'entry' { $texts = @($Value['server']) }
        }
    }
    New-Object psobject -Property @{ Texts = $texts }
}

function Test-DocumentRead {
    # The named items of all documents that match, at most 500.
    param($Client, [string] $Way, $Arguments)
    $wanted = @($Arguments['match'] | Where-Object { $null -ne $_ })
    $names = @(Get-SortedTexts @($Arguments['items']))
    $found = @(foreach ($document in @(Get-NotesDocument $Client $Way $Arguments['db'] $Arguments['form'])) {
            if (-not (Test-DocumentMatch $document $wanted)) { continue }
            $items = [object[]]@(foreach ($name in $names) { if ($document.HasItem($name)) { Limit-ItemRecord (Get-ItemRecord $document $name) } })
            @{ unid = $document.UniversalID; items = $items }
        })
    if ($found.Count -gt $script:PartLimit) { throw "too_many: $($found.Count) documents of $($Arguments['db']) match" }
    New-Finding $true @{ documents = (Get-CanonicalOrder $found).Values }
}

function Limit-ItemRecord {
    param([System.Collections.IDictionary] $Record)
    $Record['values'] = [object[]]@($Record['values'] | ForEach-Object { if ($_ -is [string]) { Limit-Text $_ } else { $_ } })
    $Record
}

function Test-ReplicatorRead {
    # The databases on the replicator page of each Location that matches.
    param($Client, [string] $Way, $Arguments)
    $wanted = @($Arguments['match'] | Where-Object { $null -ne $_ })
    $found = @(foreach ($document in @(Get-NotesDocument $Client $Way 'names.nsf' 'Location')) {
            if (-not (Test-DocumentMatch $document $wanted)) { continue }
            @{ unid = $document.UniversalID; name = (Limit-Text (Get-ItemText $document 'Name')); entries = (Get-PageRecord $Client $Way $document.UniversalID).Entries }
        })
    New-Finding $true @{ locations = (Get-CanonicalOrder $found).Values }
}

function Get-PageRecord {
    # Entries: null where the page cannot be decoded; unknown is said as unknown.
    param($Client, [string] $Way, [string] $Unid)
    $entries = $null
    try {
        $entries = [object[]]@(Get-ReplicatorPage $Client $Way $Unid | ForEach-Object {
                @{ replica_id = $_.ReplicaId; server = $_.Value['server']; send = $_.Value['send']; receive = $_.Value['receive']; enabled = $_.Value['enabled'] }
            })
    }
    catch { if ((Get-Failure $_).Code -ceq 'runner_error') { throw } }
    New-Object psobject -Property @{ Entries = $entries }
}

Export-ModuleMember -Function Test-ActionCondition
