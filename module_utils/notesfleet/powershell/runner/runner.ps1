# The runner: executes the orders of the user in whose session it is started (by the task of safety 1.9). Its version is
# the name of its folder, the hash of the files in it.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

try {
    Import-Module -Name ([System.IO.Path]::Combine($PSScriptRoot, 'Runner.psm1')) -DisableNameChecking
    Invoke-Runner -Runner ([System.IO.Path]::GetFileName($PSScriptRoot))
}
catch {
    [System.Console]::Error.WriteLine("notesfleet runner: $($_.Exception.Message) $($_.ScriptStackTrace)")
    exit 1
}
