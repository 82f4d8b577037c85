#Requires -Version 5.1
# What a PC's Notes clients look like from outside, in session 0: registry, profiles, notes.ini, the first bytes of
# databases, processes, disks. Reads only: installs and writes nothing (safety 2.1). Prints one survey in JSON;
# files travel as bytes and are read on the controller.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:NotesKey = 'SOFTWARE\Lotus\Notes'
$script:IniLimit = 1048576
$script:HeaderLimit = 1024
$script:DatabaseLimit = 200
$script:ProfileLimit = 100
$script:Local = '\A[A-Za-z]:\\[^*?"<>|]*\z'

function Test-NoSeam([string] $Name) { -not $ExecutionContext.InvokeCommand.GetCommand($Name, 'Function') }
function ConvertTo-Moment([datetime] $Time) { $Time.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss', [System.Globalization.CultureInfo]::InvariantCulture) + 'Z' }

if (Test-NoSeam 'Get-ClientFile') {
    function Get-ClientFile([string] $Path, [long] $Limit) {
        # No reparse point in the chain: session 0 must not be led elsewhere (safety 2.1).
        if (-not [System.IO.File]::Exists($Path)) { return $null }
        $part = New-Object System.IO.FileInfo $Path
        if ($part.Attributes -band [System.IO.FileAttributes]::ReparsePoint) { throw "no_rights: $Path is a link" }
        for ($folder = $part.Directory; $null -ne $folder; $folder = $folder.Parent) {
            if ($folder.Attributes -band [System.IO.FileAttributes]::ReparsePoint) { throw "no_rights: $($folder.FullName) is a link" }
        }
        try {
            $stream = New-Object System.IO.FileStream $Path, 'Open', 'Read', 'ReadWrite, Delete'
            try {
                $data = New-Object byte[] ([Math]::Min($stream.Length, $Limit))
                $read = 0
                while ($read -lt $data.Length -and ($count = $stream.Read($data, $read, $data.Length - $read)) -gt 0) { $read += $count }
                return , $data
            }
            finally { $stream.Dispose() }
        }
        catch { throw "locked_file: $($_.Exception.Message)" }
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
if (Test-NoSeam 'Get-ClientFileInfo') {
    function Get-ClientFileInfo([string] $Path) {
        $file = New-Object System.IO.FileInfo $Path
        if ($file.Exists) { New-Object psobject -Property @{ Size = $file.Length; Modified = (ConvertTo-Moment $file.LastWriteTimeUtc) } }
    }
}
if (Test-NoSeam 'Get-FileOwner') {
    function Get-FileOwner([string] $Path) {
        if ([System.IO.File]::Exists($Path)) { [System.IO.File]::GetAccessControl($Path, 'Owner').GetOwner([System.Security.Principal.SecurityIdentifier]).Value }
    }
}
if (Test-NoSeam 'Get-FileVersion') {
    function Get-FileVersion([string] $Path) {
        # The PE machine type, at the offset that 0x3C names: 0x14C is 32 bit, 0x8664 64 bit (notes_client 1).
        if (-not [System.IO.File]::Exists($Path)) { return $null }
        $found = [System.Diagnostics.FileVersionInfo]::GetVersionInfo($Path)
        $start = Get-ClientFile -Path $Path -Limit 4096
        $offset = if ($start.Length -gt 64) { [System.BitConverter]::ToInt32($start, 60) } else { 0 }
        $type = if ($offset -gt 0 -and $offset -lt $start.Length - 6) { [System.BitConverter]::ToUInt16($start, $offset + 4) } else { 0 }
        $machine = switch ($type) { 0x14C { 'x86' } 0x8664 { 'x64' } default { '' } }
        $version = '{0}.{1}.{2}.{3}' -f $found.FileMajorPart, $found.FileMinorPart, $found.FileBuildPart, $found.FilePrivatePart
        New-Object psobject -Property @{ Version = $version; Machine = $machine }
    }
}
if (Test-NoSeam 'Get-RegistryValue') {
    function Open-RegistryKey([string] $Hive, [string] $View, [string] $Key) {
        $root = @{ HKLM = 'LocalMachine'; HKU = 'Users' }[$Hive]
        [Microsoft.Win32.RegistryKey]::OpenBaseKey($root, "Registry$View").OpenSubKey($Key)
    }
    function Get-RegistryValue([string] $Hive, [string] $View, [string] $Key, [string] $Name) {
        $found = Open-RegistryKey $Hive $View $Key
        if ($null -ne $found) { $value = $found.GetValue($Name); if ($null -ne $value) { [string]$value } }
    }
    function Get-RegistrySubkey([string] $Hive, [string] $View, [string] $Key) {
        $found = Open-RegistryKey $Hive $View $Key
        if ($null -eq $found) { return }
        $names = [string[]]$found.GetSubKeyNames()
        [System.Array]::Sort($names, [System.StringComparer]::Ordinal)
        $names
    }
}
if (Test-NoSeam 'Get-UserProfile') {
    function Get-UserProfile {
        foreach ($each in @(Get-CimInstance -ClassName Win32_UserProfile -Filter 'Special=FALSE' | Sort-Object -Property SID)) {
            try { $account = (New-Object System.Security.Principal.SecurityIdentifier $each.SID).Translate([System.Security.Principal.NTAccount]).Value.Split('\')[-1] }
            catch { $account = [System.IO.Path]::GetFileName($each.LocalPath) }
            New-Object psobject -Property @{ Sid = $each.SID; Account = $account; Path = $each.LocalPath }
        }
    }
}
if (Test-NoSeam 'Get-SystemVersion') {
    function Get-SystemVersion {
        New-Object psobject -Property @{ OsVersion = (Get-CimInstance -ClassName Win32_OperatingSystem).Version; ComputerName = [System.Environment]::MachineName }
    }
}
if (Test-NoSeam 'Get-DriveSpace') {
    function Get-DriveSpace {
        foreach ($drive in [System.IO.DriveInfo]::GetDrives()) {
            if ($drive.DriveType -eq 'Fixed' -and $drive.IsReady) { New-Object psobject -Property @{ Name = $drive.Name.TrimEnd('\'); Size = $drive.TotalSize; Free = $drive.AvailableFreeSpace } }
        }
    }
}
if (Test-NoSeam 'Get-MachineId') { function Get-MachineId { Get-RegistryValue -Hive 'HKLM' -View '64' -Key 'SOFTWARE\Microsoft\Cryptography' -Name 'MachineGuid' } }
if (Test-NoSeam 'Get-CodePage') { function Get-CodePage { [System.Text.Encoding]::Default.CodePage } }
if (Test-NoSeam 'Get-RunnerTime') { function Get-RunnerTime { [System.DateTime]::UtcNow } }
if (Test-NoSeam 'Get-UserSession') {
    function Get-UserSession {
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
        # A list of .NET processes gives no owner: one CIM query (safety 1.5).
        foreach ($each in @(Get-CimInstance -ClassName Win32_Process -Filter "Name='nlnotes.exe' OR Name='notes2.exe' OR Name='ntaskldr.exe'" | Sort-Object -Property ProcessId)) {
            $sid = (Invoke-CimMethod -InputObject $each -MethodName GetOwnerSid).Sid
            New-Object psobject -Property @{ Name = $each.Name; Sid = [string]$sid; Started = $each.CreationDate.ToUniversalTime(); CommandLine = [string]$each.CommandLine }
        }
    }
}

function Read-File([string] $Path, [int] $Limit) {
    # A file's content; nothing where it is missing, locked or too large.
    try { $data = Get-ClientFile -Path $Path -Limit ($Limit + 1) } catch { return }
    if ($null -ne $data -and $data.Length -le $Limit) { , $data }
}

function Get-Installation {
    # In both views; the top key shows only the last installation (notes_client 1).
    foreach ($view in '32', '64') {
        $keys = @($script:NotesKey) + @(Get-RegistrySubkey -Hive 'HKLM' -View $view -Key $script:NotesKey | ForEach-Object { "$script:NotesKey\$_" })
        foreach ($key in $keys) {
            $program = Get-RegistryValue -Hive 'HKLM' -View $view -Key $key -Name 'Path'
            if (-not $program) { continue }
            $folder = $program.TrimEnd('\')
            $found = Get-FileVersion -Path "$folder\nlnotes.exe"
            @{ view = $view; key = $key; program = $folder; data = [string](Get-RegistryValue -Hive 'HKLM' -View $view -Key $key -Name 'DataPath')
                version = $(if ($found) { $found.Version } else { '' }); machine = $(if ($found) { $found.Machine } else { '' }) }
        }
    }
}

function Get-Candidate($Owner, $Processes, $Installations) {
    # Where this profile's notes.ini may be, best first.
    foreach ($process in $Processes) {
        $given = [regex]::Match($process.CommandLine, '"?=([^"]+)')
        if ($process.Sid -ceq $Owner.Sid -and $given.Success) { , @('process', $given.Groups[1].Value.Trim()) }
    }
    $top = "$($Owner.Sid)\Software\Lotus\Notes"
    foreach ($key in @(Get-RegistrySubkey -Hive 'HKU' -View '64' -Key $top | ForEach-Object { "$top\$_" }) + @($top)) {
        $path = Get-RegistryValue -Hive 'HKU' -View '64' -Key $key -Name 'NotesIniPath'
        if ($path) { , @('registry', $path) }
    }
    foreach ($vendor in 'HCL', 'IBM', 'Lotus') { , @('folder', "$($Owner.Path)\AppData\Local\$vendor\Notes\Data\notes.ini") }
    foreach ($installation in $Installations) {
        foreach ($folder in $installation.data, $installation.program) { if ($folder) { , @('machine', "$folder\notes.ini") } }
    }
}

function Get-DataDirectory([byte[]] $Content, [int] $CodePage) {
    # The first `Directory=` in the section [Notes], as audit/notes_ini.py reads it.
    $inside = $true
    foreach ($line in [System.Text.Encoding]::GetEncoding($CodePage).GetString($Content).Split("`r`n".ToCharArray())) {
        if ($line.TrimStart().StartsWith('[')) { $inside = $line.Trim().ToLowerInvariant() -ceq '[notes]' }
        elseif ($inside -and $line.IndexOf('=') -ge 0 -and $line.Substring(0, $line.IndexOf('=')).Trim().ToLowerInvariant() -ceq 'directory') {
            return $line.Substring($line.IndexOf('=') + 1).Trim().TrimEnd('\')
        }
    }
    ''
}

function Get-Database([string] $Data, [string] $Name) {
    $info = Get-ClientFileInfo -Path "$Data\$Name"
    if ($null -eq $info) { return }
    $header = $null
    $code = ''
    try { $header = Get-ClientFile -Path "$Data\$Name" -Limit $script:HeaderLimit } catch { $code = $_.Exception.Message.Split(':')[0] }
    @{ path = $Name; size = $info.Size; modified = $info.Modified; header = $(if ($null -eq $header) { '' } else { [System.Convert]::ToBase64String($header) }); error = $code }
}

function Get-ProfileReading($Owner, $Processes, $Installations, [int] $CodePage) {
    foreach ($candidate in @(Get-Candidate $Owner $Processes $Installations)) {
        $path = $candidate[1]
        if ($path -notmatch $script:Local) { continue }
        $content = Read-File $path $script:IniLimit
        if ($null -eq $content -or ($candidate[0] -ceq 'machine' -and (Get-FileOwner -Path $path) -cne $Owner.Sid)) { continue }
        $data = Get-DataDirectory $content $CodePage
        if ($data -notmatch $script:Local -or $null -eq (Get-ClientFileInfo -Path "$data\names.nsf")) { continue }
        $names = @(Get-ClientFileList -Folder $data | Where-Object { $_ -match '\.(nsf|box)\z' }) +
            @(Get-ClientFileList -Folder "$data\mail" | Where-Object { $_ -match '\.(nsf|box)\z' } | ForEach-Object { "mail\$_" })
        $databases = @($names | Select-Object -First $script:DatabaseLimit | ForEach-Object { Get-Database $data $_ })
        return @{ sid = $Owner.Sid; account = $Owner.Account; ini_path = $path; found_by = $candidate[0]; data = $data
            ini = [System.Convert]::ToBase64String($content); databases = $databases; truncated = $names.Count -gt $script:DatabaseLimit }
    }
}

function Get-Survey {
    $version = Get-SystemVersion
    $codePage = [int](Get-CodePage)
    $processes = @(Get-NotesProcess)
    $installations = @(Get-Installation)
    $profiles = @(Get-UserProfile | Select-Object -First $script:ProfileLimit | ForEach-Object { Get-ProfileReading $_ $processes $installations $codePage })
    @{
        changed = $false; schema = 1; time = (ConvertTo-Moment (Get-RunnerTime)); computer = $version.ComputerName; os_version = $version.OsVersion
        machine = (Get-MachineId); code_page = $codePage
        drives = @(Get-DriveSpace | ForEach-Object { @{ name = $_.Name; size = $_.Size; free = $_.Free } })
        sessions = @(Get-UserSession | ForEach-Object { @{ id = $_.Id; sid = $_.Sid; state = $_.State } })
        processes = @($processes | ForEach-Object { @{ name = $_.Name; sid = $_.Sid; started = (ConvertTo-Moment $_.Started) } })
        installations = $installations; profiles = $profiles
    }
}

try { $answer = Get-Survey } catch { $answer = @{ failed = $true; changed = $false; msg = "survey: $($_.Exception.Message)" } }
$answer | ConvertTo-Json -Depth 6 -Compress
