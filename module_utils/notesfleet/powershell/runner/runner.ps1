# The runner: executes the orders of the user in whose session it is started (by the task of safety 1.9). Its version is
# the name of its folder, the hash of the files in it.
param([string] $Root)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

# Each module after those that it uses; Seams leaves out what a stand-in has defined.
$modules = 'NoSeam', 'Sha256', 'Failure', 'Names', 'Canonical', 'Json', 'Journal', 'Progress', 'NotesIni', 'ReplicatorItem', 'Table', 'FileSeams', 'PcSeams', 'Seams', 'Client', 'JournalWriter', 'Order', 'Moment',
    'Stop', 'Identity', 'Kind.Ini', 'Kind.Document', 'Kind.Replica', 'Kind.Entry', 'Desired', 'Conditions', 'Stage', 'Engine'
try {
    foreach ($name in $modules) {
        Import-Module -Name ([System.IO.Path]::Combine($PSScriptRoot, "$name.psm1")) -Global -DisableNameChecking
    }
    if (-not $Root) { $Root = (Get-FolderPath -Name 'ProgramData') + '\notesfleet\clients' }
    Invoke-Runner -Root $Root -Runner ([System.IO.Path]::GetFileName($PSScriptRoot))
}
catch {
    [System.Console]::Error.WriteLine("notesfleet runner: $($_.Exception.Message) $($_.ScriptStackTrace)")
    exit 1
}
