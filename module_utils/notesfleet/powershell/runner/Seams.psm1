# Everything else through which the runner touches Windows or Notes (safety 8), as PcSeams.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:Locks = @{}
$script:Pointer = @{ Position = $null; Since = [System.DateTime]::MinValue }

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
