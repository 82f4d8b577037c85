# Part kind `entry`: a database on the replicator page of a Location (notes_client 4, safety 4.1). No interface edits the
# page. Once the workspace has icons for the local and the server copy, Notes makes the entry by itself, some time later.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function Find-EntryPart {
    param($Client, [string] $Way, $Arguments)
    $wanted = @($Arguments['match'] | Where-Object { $null -ne $_ })
    $found = @(foreach ($document in @(Get-NotesDocument $Client $Way 'names.nsf' 'Location')) {
            if (Test-DocumentMatch $document $wanted) { @{ location = $document.UniversalID; replica_id = $Arguments['replica_id'] } }
        })
    if ($found.Count -gt $script:PartLimit) { throw "too_many: $($found.Count) Locations match" }
    (Get-CanonicalOrder $found).Values
}

function Read-EntryPart {
    <# .SYNOPSIS
    Value {server, send, receive, enabled}; null: no entry. #>
    param($Client, [string] $Way, $Arguments, $At)
    $value = $null
    foreach ($entry in @(Get-ReplicatorPage $Client $Way $At['location'])) {
        if ($null -eq $value -and $entry.ReplicaId -ceq $At['replica_id']) { $value = $entry.Value }
    }
    New-Object psobject -Property @{ Value = $value; Keep = @() }
}

function Write-EntryPart {
    param($Client, [string] $Way, $Arguments, $At, $Value, $Keep)
    $workspace = (Get-NotesOle $Client).Workspace
    $null = $workspace.AddDatabase('', $Arguments['path'])
    $null = $workspace.AddDatabase($Arguments['server'], $Arguments['server_path'])
}

function Restore-EntryPart { param($Client, [string] $Way, $Arguments, $At, $Value, $Keep) throw 'unsupported: an icon cannot be removed by program' }

function Complete-EntryPart { param($Client, [string] $Way, $Arguments, $At) }

function Test-EntryUnproven { param($Client, [string] $Way, $Arguments, $At) $true }

function Get-ReplicatorPage {
    <# .SYNOPSIS
    The replicator page of one Location, by its DXL. Throws not_found, unreadable. #>
    param($Client, [string] $Way, [string] $Unid)
    $document = (Get-LocalDatabase $Client $Way 'names.nsf').GetDocumentByUNID($Unid)
    if ($null -eq $document) { throw "not_found: the Location $Unid is gone" }
    $exporter = (Get-NotesSession $Client $Way).CreateDxlExporter()
    Read-ReplicatorPage -Dxl $exporter.Export($document)
}

Export-ModuleMember -Function Find-EntryPart, Read-EntryPart, Write-EntryPart, Restore-EntryPart, Complete-EntryPart, Test-EntryUnproven, Get-ReplicatorPage
