# How a stand-in takes a seam's place (safety 8): by being there first.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function Test-NoSeam([string] $Name) { -not $ExecutionContext.InvokeCommand.GetCommand($Name, 'Function') }
