# Part kind `replica`: a plain local replica, made by CreateReplica and never deleted (safety 3.11).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function Find-ReplicaPart {
    param($Client, [string] $Way, $Arguments)
    @{ path = $Arguments['path'] }
}

function Read-ReplicaPart {
    <# .SYNOPSIS
    Value {replica_id}; null: no file. #>
    param($Client, [string] $Way, $Arguments, $At)
    $found = Get-NotesDatabase $Client $Way '' $At['path']
    New-Object psobject -Property @{ Value = $(if ($null -ne $found) { @{ replica_id = [string]$found.ReplicaID } }); Keep = @() }
}

function Write-ReplicaPart {
    param($Client, [string] $Way, $Arguments, $At, $Value, $Keep)
    $source = Get-NotesDatabase $Client $Way $Arguments['server'] $Arguments['server_path']
    if ($null -eq $source) { throw "refused: $($Arguments['server_path']) on $($Arguments['server']) does not open" }
    if ($source.ReplicaID -cne $Arguments['replica_id']) { throw "refused: the server's file has the replica id $($source.ReplicaID)" }
    $null = $source.CreateReplica('', $At['path'])
}

function Restore-ReplicaPart { param($Client, [string] $Way, $Arguments, $At, $Value, $Keep) throw 'unsupported: a replica is never deleted' }

function Complete-ReplicaPart { param($Client, [string] $Way, $Arguments, $At) }

function Test-ReplicaUnproven { param($Client, [string] $Way, $Arguments, $At) $false }

Export-ModuleMember -Function Find-ReplicaPart, Read-ReplicaPart, Write-ReplicaPart, Restore-ReplicaPart, Complete-ReplicaPart, Test-ReplicaUnproven
