# What only session 0 does on a PC: protected folders, journals, the lock of staging, the user's task (safety 8), as
# FileSeams.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

if (Test-NoSeam 'New-ProtectedFolder') {
    function New-ProtectedFolder([string] $Path, [string] $Reader) {
        # Owner Administrators, no inheritance. Every folder from `notesfleet` down is checked before it is used.
        $parent = [System.IO.Path]::GetDirectoryName($Path)
        if ([System.IO.Path]::GetFileName($parent) -and $parent -match '\\notesfleet(\\|$)') { New-ProtectedFolder -Path $parent -Reader $(if ($Reader -ceq 'Users') { 'Users' } else { '' }) }
        $administrators = New-Object System.Security.Principal.SecurityIdentifier 'S-1-5-32-544'
        if ([System.IO.Directory]::Exists($Path)) {
            $folder = New-Object System.IO.DirectoryInfo $Path
            $owner = $folder.GetAccessControl('Owner').GetOwner([System.Security.Principal.SecurityIdentifier]).Value
            $link = $folder.Attributes -band [System.IO.FileAttributes]::ReparsePoint
            if ($link -or 'S-1-5-32-544', 'S-1-5-18' -notcontains $owner) { throw "planted_folder: $Path is a link or is owned by $owner" }
            if (-not $Reader) { return }
        }
        $security = New-Object System.Security.AccessControl.DirectorySecurity
        $security.SetOwner($administrators)
        $security.SetAccessRuleProtection($true, $false)
        $rights = @{ 'S-1-5-32-544' = 'FullControl'; 'S-1-5-18' = 'FullControl' }
        if ($Reader) { $rights[$(if ($Reader -ceq 'Users') { 'S-1-5-32-545' } else { $Reader })] = 'ReadAndExecute' }
        foreach ($sid in $rights.Keys) {
            $who = New-Object System.Security.Principal.SecurityIdentifier $sid
            $security.AddAccessRule((New-Object System.Security.AccessControl.FileSystemAccessRule $who, $rights[$sid], 'ContainerInherit, ObjectInherit', 'None', 'Allow'))
        }
        if ([System.IO.Directory]::Exists($Path)) { [System.IO.Directory]::SetAccessControl($Path, $security) }
        else { $null = [System.IO.Directory]::CreateDirectory($Path, $security) }
    }
}
if (Test-NoSeam 'New-JournalFile') {
    function New-JournalFile([string] $Path, [string] $Sid) {
        $security = New-Object System.Security.AccessControl.FileSecurity
        $security.SetOwner((New-Object System.Security.Principal.SecurityIdentifier 'S-1-5-32-544'))
        $security.SetAccessRuleProtection($true, $false)
        foreach ($pair in @('S-1-5-32-544', 'FullControl'), @('S-1-5-18', 'FullControl'), @($Sid, 'Read, Write, Synchronize')) {
            $who = New-Object System.Security.Principal.SecurityIdentifier $pair[0]
            $security.AddAccessRule((New-Object System.Security.AccessControl.FileSystemAccessRule $who, $pair[1], 'Allow'))
        }
        try { (New-Object System.IO.FileStream $Path, 'CreateNew', 'WriteData', 'None', 4096, 'None', $security).Dispose() }
        catch { throw (Get-SeamFailure $_.Exception) }
    }
}
if (Test-NoSeam 'Enter-MachineLock') {
    function Enter-MachineLock {
        $script:MachineLock = New-Object System.Threading.Mutex $false, 'Global\notesfleet-staging'
        try { $script:MachineLock.WaitOne(60000) } catch [System.Threading.AbandonedMutexException] { $true }
    }
}
if (Test-NoSeam 'Exit-MachineLock') { function Exit-MachineLock { $script:MachineLock.ReleaseMutex(); $script:MachineLock.Dispose() } }
if (Test-NoSeam 'Register-RunnerTask') {
    function Register-RunnerTask([string] $Sid, [string] $Command, [string] $Arguments) {
        # Safety 1.9. 6: create or update; 3: interactive token, so that no password is kept.
        $triggers = "<LogonTrigger><UserId>$Sid</UserId></LogonTrigger>"
        foreach ($change in 'SessionUnlock', 'ConsoleConnect', 'RemoteConnect') {
            $triggers += "<SessionStateChangeTrigger><StateChange>$change</StateChange><UserId>$Sid</UserId></SessionStateChangeTrigger>"
        }
        $settings = '<MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy><DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>' +
            '<StopIfGoingOnBatteries>false</StopIfGoingOnBatteries><AllowHardTerminate>false</AllowHardTerminate><StartWhenAvailable>true</StartWhenAvailable>' +
            '<IdleSettings><StopOnIdleEnd>false</StopOnIdleEnd><RestartOnIdle>false</RestartOnIdle></IdleSettings><Hidden>true</Hidden><ExecutionTimeLimit>PT0S</ExecutionTimeLimit>'
        $action = "<Exec><Command>$([System.Security.SecurityElement]::Escape($Command))</Command><Arguments>$([System.Security.SecurityElement]::Escape($Arguments))</Arguments></Exec>"
        $xml = '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">' + "<Triggers>$triggers</Triggers>" +
            "<Principals><Principal id=`"Owner`"><UserId>$Sid</UserId><LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal></Principals>" +
            "<Settings>$settings</Settings><Actions Context=`"Owner`">$action</Actions></Task>"
        $service = New-Object -ComObject Schedule.Service
        $service.Connect()
        $null = $service.GetFolder('\').RegisterTask("notesfleet\$Sid", $xml, 6, $null, $null, 3, "O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;GRGX;;;$Sid)")
    }
}
if (Test-NoSeam 'Start-RunnerTask') {
    function Start-RunnerTask([string] $Sid, [int] $Session) {
        # 4: in that session.
        $service = New-Object -ComObject Schedule.Service
        $service.Connect()
        $null = $service.GetFolder('\notesfleet').GetTask($Sid).RunEx($null, 4, $Session, $null)
    }
}
