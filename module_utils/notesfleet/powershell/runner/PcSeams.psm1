# What the runner in the user's session and session 0 both ask of a PC (safety 8). Each function is defined only where
# none of its name exists (NoSeam).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:NotesPrograms = "Name='nlnotes.exe' OR Name='notes2.exe' OR Name='ntaskldr.exe'"

if (Test-NoSeam 'Get-CodePage') {
    function Get-CodePage { [System.Text.Encoding]::Default.CodePage }
}
if (Test-NoSeam 'Get-MachineId') {
    function Get-MachineId {
        # In the 64-bit view, whichever PowerShell this is.
        $root = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
        $key = $root.OpenSubKey('SOFTWARE\Microsoft\Cryptography')
        try { [string]$key.GetValue('MachineGuid') } finally { $key.Dispose(); $root.Dispose() }
    }
}
if (Test-NoSeam 'Get-RunnerTime') { function Get-RunnerTime { [System.DateTime]::UtcNow } }
if (Test-NoSeam 'Wait-Runner') { function Wait-Runner([int] $Seconds) { [System.Threading.Thread]::Sleep($Seconds * 1000); $true } }

function Test-ProcessGone($Process) { -not (Get-CimInstance -ClassName Win32_Process -Filter "ProcessId=$($Process.ProcessId)") }

function Get-ProcessOwner($Process) {
    # Empty only for one that has ended meanwhile: a running Notes whose owner is not known must not pass for nobody's
    # (safety 1.5, which also says why no list of .NET processes will do).
    try { "$((Invoke-CimMethod -InputObject $Process -MethodName GetOwnerSid).Sid)" }
    catch { if (-not (Test-ProcessGone $Process)) { throw }; '' }
}

if (Test-NoSeam 'Get-UserSession') {
    function Get-UserSession {
        # A session is a desktop (explorer.exe) and its owner; LogonUI.exe shows in it while it is locked or disconnected.
        $locked = @(Get-CimInstance -ClassName Win32_Process -Filter "Name='LogonUI.exe'" | ForEach-Object { [int]$_.SessionId })
        $seen = @{}
        foreach ($desktop in @(Get-CimInstance -ClassName Win32_Process -Filter "Name='explorer.exe'" | Sort-Object -Property SessionId)) {
            $id = [int]$desktop.SessionId
            $sid = Get-ProcessOwner $desktop
            if (-not $sid -or $seen.ContainsKey($id)) { continue }
            $seen[$id] = $true
            New-Object psobject -Property @{ Id = $id; Sid = $sid; State = $(if ($locked -contains $id) { 'locked' } else { 'active' }) }
        }
    }
}
if (Test-NoSeam 'Get-NotesProcess') {
    function Get-NotesProcess {
        # The command line of a process with higher rights cannot be read.
        foreach ($process in @(Get-CimInstance -ClassName Win32_Process -Filter $script:NotesPrograms | Sort-Object -Property ProcessId)) {
            if ($null -eq $process.CreationDate -and (Test-ProcessGone $process)) { continue }
            New-Object psobject -Property @{
                Name = $process.Name; ProcessId = [int]$process.ProcessId; Sid = (Get-ProcessOwner $process); Session = [int]$process.SessionId
                Started = $process.CreationDate.ToUniversalTime(); CommandLine = [string]$process.CommandLine
                Elevated = $null -eq $process.CommandLine
            }
        }
    }
}
