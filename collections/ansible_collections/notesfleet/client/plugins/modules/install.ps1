#Requires -Version 5.1
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

# NoSeam.psm1
# How a stand-in takes a seam's place (safety 8): by being there first.

function Test-NoSeam([string] $Name) { -not $ExecutionContext.InvokeCommand.GetCommand($Name, 'Function') }

# FileSeams.psm1
# Files, for the runner in the user's session and for session 0 (safety 8). Each function is defined only where none of
# its name exists (NoSeam). Failures are `<code>: text`.

function Get-SeamFailure($Exception) {
    # The code of a failed file operation, by Windows' error number.
    $base = $Exception.GetBaseException()
    $code = switch ($base.HResult -band 0xFFFF) { 32 { 'locked_file' } 33 { 'locked_file' } 112 { 'disk_full' } 5 { 'no_rights' } default { 'runner_error' } }
    "${code}: $($base.Message)"
}

if (Test-NoSeam 'Get-ClientFile') {
    function Get-ClientFile([string] $Path, [long] $Limit) {
        # Nothing only where Windows says that there is no such file or folder (2, 3). File.Exists would say the same of a
        # share that cannot be reached, and a stop file there would be none.
        try {
            $stream = New-Object System.IO.FileStream $Path, 'Open', 'Read', 'ReadWrite, Delete'
            try {
                $data = New-Object byte[] ([Math]::Min($stream.Length, $Limit))
                $read = 0
                while ($read -lt $data.Length -and ($count = $stream.Read($data, $read, $data.Length - $read)) -gt 0) { $read += $count }
                [System.Array]::Resize([ref] $data, $read)
                return , $data
            }
            finally { $stream.Dispose() }
        }
        catch {
            if (2, 3 -contains ($_.Exception.GetBaseException().HResult -band 0xFFFF)) { return $null }
            throw (Get-SeamFailure $_.Exception)
        }
    }
}
if (Test-NoSeam 'Set-ClientFile') {
    function Set-ClientFile([string] $Path, [byte[]] $Content) {
        # Temporary beside it, flushed, replaced: a cut leaves the file old or new. Replace keeps its rights.
        $temporary = $Path + '.notesfleet'
        try {
            $stream = New-Object System.IO.FileStream $temporary, 'Create', 'Write', 'None'
            try { $stream.Write($Content, 0, $Content.Length); $stream.Flush($true) } finally { $stream.Dispose() }
            if ([System.IO.File]::Exists($Path)) { [System.IO.File]::Replace($temporary, $Path, $null) }
            else { [System.IO.File]::Move($temporary, $Path) }
        }
        catch {
            try { [System.IO.File]::Delete($temporary) } catch { $null = $_ }
            throw (Get-SeamFailure $_.Exception)
        }
    }
}
if (Test-NoSeam 'Get-ClientFileList') {
    function Get-ClientFileList([string] $Folder) {
        if (-not [System.IO.Directory]::Exists($Folder)) { return }
        $names = [string[]]@([System.IO.Directory]::GetFiles($Folder) | ForEach-Object { [System.IO.Path]::GetFileName($_) })
        [System.Array]::Sort($names, [System.StringComparer]::Ordinal)
        $names
    }
}
if (Test-NoSeam 'Get-FolderPath') {
    function Get-FolderPath([string] $Name) { [System.Environment]::GetFolderPath(@{ ProgramFiles = 'ProgramFiles'; ProgramData = 'CommonApplicationData'; SystemRoot = 'Windows' }[$Name]) }
}

# SystemSeams.psm1
# What only session 0 does on a PC: protected folders, journals, the lock of staging, the user's task (safety 8), as
# FileSeams.

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

# installer.ps1
# What travels before exchange.ps1 where the runner is to be delivered, behind FileSeams and SystemSeams: install.ps1.

function Expand-RunnerArchive([string] $Archive) {
    # As package.py's runner_archive: for each file a line `NAME BYTES` and its content, ASCII all of it.
    $source = New-Object System.IO.MemoryStream (, [System.Convert]::FromBase64String($Archive))
    $reader = New-Object System.IO.StreamReader (New-Object System.IO.Compression.GZipStream $source, ([System.IO.Compression.CompressionMode]::Decompress)), ([System.Text.Encoding]::ASCII)
    try { $text = $reader.ReadToEnd() } finally { $reader.Dispose() }
    for ($at = 0; $at -lt $text.Length; $at += $length) {
        $line = [regex]::Match($text.Substring($at, [Math]::Min(120, $text.Length - $at)), '\A([A-Za-z0-9._-]+) ([0-9]{1,7})\n')
        if (-not $line.Success) { throw 'hash_mismatch: the runner that travelled cannot be unpacked' }
        $at += $line.Length
        $length = [int]$line.Groups[2].Value
        New-Object psobject -Property @{ Name = $line.Groups[1].Value; Content = [System.Text.Encoding]::ASCII.GetBytes($text.Substring($at, $length)) }
    }
}

function Install-Runner($Package, [string] $Folder) {
    # present or installed. A folder that is half written does not have its hash and is written again.
    if (-not (Enter-MachineLock)) { throw 'another exchange has held the machine lock for 60 s' }
    try {
        if ((Get-RunnerHash $Folder) -ceq $Package.hash) { return 'present' }
        New-ProtectedFolder -Path $Folder -Reader 'Users'
        foreach ($file in @(Expand-RunnerArchive $Package.archive)) { Set-ClientFile -Path "$Folder\$($file.Name)" -Content $file.Content }
        if ((Get-RunnerHash $Folder) -cne $Package.hash) { throw "hash_mismatch: $Folder does not have its hash after it was written" }
    }
    finally { Exit-MachineLock }
    'installed'
}

# exchange.ps1
# One exchange with a PC, in session 0. What it does lies in the runner's folder; this text travels with every order, so
# it only makes sure that the folder is what its hash says. $complex_args.request: ExchangeRequest; output: ExchangeAnswer.

if (Test-NoSeam 'Get-FolderPath') {
    function Get-FolderPath([string] $Name) { [System.Environment]::GetFolderPath(@{ ProgramFiles = 'ProgramFiles'; ProgramData = 'CommonApplicationData'; SystemRoot = 'Windows' }[$Name]) }
}
if (Test-NoSeam 'Get-FileDigest') {
    function Get-FileDigest([string] $Folder) {
        if (-not [System.IO.Directory]::Exists($Folder)) { return }
        foreach ($path in [System.IO.Directory]::GetFiles($Folder)) {
            New-Object psobject -Property @{ Name = [System.IO.Path]::GetFileName($path); Sha256 = (Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash.ToLowerInvariant() }
        }
    }
}
if (Test-NoSeam 'Import-RunnerModule') { function Import-RunnerModule([string] $Path) { Import-Module -Name $Path -Global -DisableNameChecking } }

function Get-RunnerHash([string] $Folder) {
    # As package.py's runner_hash: SHA-256 of the canonical list of names and SHA-256, sorted by name.
    $lines = [string[]]@(Get-FileDigest -Folder $Folder | ForEach-Object { '{"name":"' + $_.Name + '","sha256":"' + $_.Sha256 + '"}' })
    [System.Array]::Sort($lines, [System.StringComparer]::Ordinal)
    $hash = [System.Security.Cryptography.SHA256]::Create().ComputeHash([System.Text.Encoding]::ASCII.GetBytes('[' + ($lines -join ',') + ']'))
    [System.BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant()
}

function Start-Exchange($Request) {
    $folder = (Get-FolderPath -Name 'ProgramFiles') + '\notesfleet\runner\' + $Request.runner.hash
    $state = 'present'
    if ((Get-RunnerHash $folder) -cne $Request.runner.hash) {
        if (Test-NoSeam 'Install-Runner') { return @{ changed = $false; runner = 'missing'; clients = @() } }
        $state = Install-Runner $Request.runner $folder
    }
    Import-RunnerModule -Path "$folder\Exchange.psm1"
    Invoke-Exchange $Request $folder $state
}

try { $answer = Start-Exchange $complex_args.request } catch { $answer = @{ failed = $true; changed = $false; msg = "exchange: $($_.Exception.Message)" } }
$answer | ConvertTo-Json -Depth 6 -Compress
