# Everything else through which the runner touches Windows or Notes (safety 8), as FileSeams.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:Locks = @{}
$script:Pointer = @{ Position = $null; Since = [System.DateTime]::MinValue }
$script:NotesPrograms = "Name='nlnotes.exe' OR Name='notes2.exe' OR Name='ntaskldr.exe'"

if (Test-NoSeam 'Add-JournalLine') {
    function Add-JournalLine([string] $Path, [byte[]] $Line) {
        # The file is there: session 0 has made it, and the user may not.
        try {
            $stream = New-Object System.IO.FileStream $Path, 'Open', 'Write', 'Read'
            try {
                $null = $stream.Seek(0, 'End')
                $stream.Write($Line, 0, $Line.Length)
                $stream.Flush($true)
            }
            finally { $stream.Dispose() }
        }
        catch { throw (Get-SeamFailure $_.Exception) }
    }
}
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
if (Test-NoSeam 'Get-RunnerUser') {
    function Get-RunnerUser {
        $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
        $principal = New-Object System.Security.Principal.WindowsPrincipal $identity
        $process = [System.Diagnostics.Process]::GetCurrentProcess()
        New-Object psobject -Property @{
            Sid = $identity.User.Value; Session = $process.SessionId; ProcessId = $process.Id
            Elevated = $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
        }
    }
}
if (Test-NoSeam 'Get-RunnerTime') { function Get-RunnerTime { [System.DateTime]::UtcNow } }
if (Test-NoSeam 'Wait-Runner') { function Wait-Runner([int] $Seconds) { [System.Threading.Thread]::Sleep($Seconds * 1000); $true } }
if (Test-NoSeam 'Enter-RunnerLock') {
    function Enter-RunnerLock([string] $Data) {
        # A file in the data directory, not a name per user: two sessions may share one data directory (safety 1.5).
        try {
            $script:Locks[$Data] = New-Object System.IO.FileStream ($Data + '\notesfleet.lock'), 'OpenOrCreate', 'ReadWrite', 'None', 1, 'DeleteOnClose'
            $true
        }
        catch [System.IO.IOException] { $false }
    }
}
if (Test-NoSeam 'Exit-RunnerLock') {
    function Exit-RunnerLock([string] $Data) {
        if ($script:Locks[$Data]) { $script:Locks[$Data].Dispose() }
        $script:Locks.Remove($Data)
    }
}
if (Test-NoSeam 'Get-UserIdle') {
    function Get-UserIdle {
        # Seconds for which the pointer has been seen at one place: a first look sees none (safety 1.8).
        Add-Type -AssemblyName System.Windows.Forms, UIAutomationClient, UIAutomationTypes
        $position = [System.Windows.Forms.Cursor]::Position
        $now = [System.DateTime]::UtcNow
        if ($script:Pointer.Position -ne $position) { $script:Pointer = @{ Position = $position; Since = $now } }
        New-Object psobject -Property @{ Seconds = [int]($now - $script:Pointer.Since).TotalSeconds; Dialog = (Test-NotesDialog) }
    }
    function Test-NotesDialog {
        # A window of the class of dialogs that belongs to the running client.
        $element = [System.Windows.Automation.AutomationElement]
        $dialog = New-Object -TypeName System.Windows.Automation.PropertyCondition -ArgumentList $element::ClassNameProperty, '#32770'
        foreach ($process in [System.Diagnostics.Process]::GetProcessesByName('nlnotes')) {
            $own = New-Object -TypeName System.Windows.Automation.PropertyCondition -ArgumentList $element::ProcessIdProperty, $process.Id
            $both = New-Object -TypeName System.Windows.Automation.AndCondition -ArgumentList $own, $dialog
            if ($element::RootElement.FindFirst('Children', $both)) { return $true }
            foreach ($window in $element::RootElement.FindAll('Children', $own)) { if ($window.FindFirst('Children', $dialog)) { return $true } }
        }
        $false
    }
}
if (Test-NoSeam 'Get-UserSession') {
    function Get-UserSession {
        # A session is a desktop (explorer.exe) and its owner; LogonUI.exe shows in it while it is locked or disconnected.
        $locked = @(Get-CimInstance -ClassName Win32_Process -Filter "Name='LogonUI.exe'" | ForEach-Object { [int]$_.SessionId })
        $seen = @{}
        foreach ($desktop in @(Get-CimInstance -ClassName Win32_Process -Filter "Name='explorer.exe'" | Sort-Object -Property SessionId)) {
            $id = [int]$desktop.SessionId
            $sid = (Invoke-CimMethod -InputObject $desktop -MethodName GetOwnerSid).Sid
            if (-not $sid -or $seen.ContainsKey($id)) { continue }
            $seen[$id] = $true
            New-Object psobject -Property @{ Id = $id; Sid = $sid; State = $(if ($locked -contains $id) { 'locked' } else { 'active' }) }
        }
    }
}
if (Test-NoSeam 'Get-NotesProcess') {
    function Get-NotesProcess {
        # A .NET process list gives no owner. The command line of a process with higher rights cannot be read.
        foreach ($process in @(Get-CimInstance -ClassName Win32_Process -Filter $script:NotesPrograms | Sort-Object -Property ProcessId)) {
            $sid = (Invoke-CimMethod -InputObject $process -MethodName GetOwnerSid).Sid
            New-Object psobject -Property @{
                Name = $process.Name; ProcessId = [int]$process.ProcessId; Sid = [string]$sid; Session = [int]$process.SessionId
                Started = $process.CreationDate.ToUniversalTime(); CommandLine = [string]$process.CommandLine
                Elevated = $null -eq $process.CommandLine
            }
        }
    }
}
if (Test-NoSeam 'Test-Exclusive') {
    function Test-Exclusive([string] $Path) {
        try { (New-Object System.IO.FileStream $Path, 'Open', 'Read', 'None').Dispose(); $true } catch { $false }
    }
}
if (Test-NoSeam 'Test-ServerPort') {
    function Test-ServerPort([string] $HostName, [int] $Port) {
        $socket = New-Object System.Net.Sockets.TcpClient
        try { $socket.ConnectAsync($HostName, $Port).Wait(5000) -and $socket.Connected } catch { $false } finally { $socket.Close() }
    }
}
if (Test-NoSeam 'Connect-NotesOle') {
    function Connect-NotesOle {
        # Never called unless nlnotes runs: it would start Notes.
        New-Object psobject -Property @{ Session = (New-Object -ComObject Notes.NotesSession); Workspace = (New-Object -ComObject Notes.NotesUIWorkspace) }
    }
}
if (Test-NoSeam 'New-NotesSession') {
    function New-NotesSession {
        # Never called unless the ID is known to ask nothing.
        $session = New-Object -ComObject Lotus.NotesSession
        $null = $session.Initialize()
        $session
    }
}

Export-ModuleMember -Function *-*
