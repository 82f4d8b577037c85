#Requires -Version 5.1
# What a survey asks of a PC in session 0 (safety 8): reads only, never through a link (safety 2.1). A seam that is
# defined already, by a stand-in, stays.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function ConvertTo-Moment([datetime] $Time) { $Time.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss', [System.Globalization.CultureInfo]::InvariantCulture) + 'Z' }

function Get-ErrorCode($Record) {
    # The code with which a seam's failure begins, or what .NET says of missing rights and Windows of a file that another
    # program holds (32, 33).
    $said = [regex]::Match($Record.Exception.Message, '\A([a-z_]{1,40}): ')
    if ($said.Success) { return $said.Groups[1].Value }
    $cause = $Record.Exception.GetBaseException()
    if ($cause -is [System.UnauthorizedAccessException] -or $cause -is [System.Security.SecurityException]) { return 'no_rights' }
    if ($cause -is [System.IO.IOException] -and 0x80070020, 0x80070021 -contains $cause.HResult) { return 'locked_file' }
    'runner_error'
}

function Test-PlainPath([string] $Path) {
    # Whether it exists, looked at from the drive down, so that nothing behind a link is ever touched (safety 2.1).
    $chain = New-Object System.Collections.ArrayList
    for ($part = New-Object System.IO.DirectoryInfo $Path; $null -ne $part; $part = $part.Parent) { $chain.Insert(0, $part.FullName) }
    foreach ($part in $chain) {
        try { $attributes = [System.IO.File]::GetAttributes($part) }
        catch [System.IO.FileNotFoundException], [System.IO.DirectoryNotFoundException] { return $false }
        if ($attributes -band [System.IO.FileAttributes]::ReparsePoint) { throw "no_rights: $part is a link" }
    }
    $true
}

if (Test-NoSeam 'Get-ClientFile') {
    function Get-ClientFile([string] $Path, [long] $Limit) {
        if (-not (Test-PlainPath $Path) -or -not [System.IO.File]::Exists($Path)) { return $null }
        $stream = New-Object System.IO.FileStream $Path, 'Open', 'Read', 'ReadWrite, Delete'
        try {
            $data = New-Object byte[] ([Math]::Min($stream.Length, $Limit))
            $read = 0
            while ($read -lt $data.Length -and ($count = $stream.Read($data, $read, $data.Length - $read)) -gt 0) { $read += $count }
            return , $data
        }
        finally { $stream.Dispose() }
    }
}
if (Test-NoSeam 'Get-ClientFileList') {
    function Get-ClientFileList([string] $Folder) {
        if (-not (Test-PlainPath $Folder) -or -not [System.IO.Directory]::Exists($Folder)) { return }
        $names = [string[]]@([System.IO.Directory]::GetFiles($Folder) | ForEach-Object { [System.IO.Path]::GetFileName($_) })
        [System.Array]::Sort($names, [System.StringComparer]::Ordinal)
        $names
    }
}
if (Test-NoSeam 'Get-ClientFileInfo') {
    function Get-ClientFileInfo([string] $Path) {
        if (-not (Test-PlainPath $Path)) { return }
        $file = New-Object System.IO.FileInfo $Path
        if ($file.Exists) { New-Object psobject -Property @{ Size = $file.Length; Modified = (ConvertTo-Moment $file.LastWriteTimeUtc) } }
    }
}
if (Test-NoSeam 'Get-FileOwner') {
    function Get-FileOwner([string] $Path) {
        if ((Test-PlainPath $Path) -and [System.IO.File]::Exists($Path)) { [System.IO.File]::GetAccessControl($Path, 'Owner').GetOwner([System.Security.Principal.SecurityIdentifier]).Value }
    }
}
if (Test-NoSeam 'Get-FileVersion') {
    function Get-FileVersion([string] $Path) {
        # The PE machine type, at the offset that 0x3C names: 0x14C is 32 bit, 0x8664 64 bit (notes_client 1).
        $start = Get-ClientFile -Path $Path -Limit 4096
        if ($null -eq $start) { return }
        $found = [System.Diagnostics.FileVersionInfo]::GetVersionInfo($Path)
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
        $system = Get-CimInstance -ClassName Win32_OperatingSystem
        New-Object psobject -Property @{ OsVersion = $system.Version; ComputerName = [System.Environment]::MachineName; Booted = $system.LastBootUpTime }
    }
}
if (Test-NoSeam 'Get-DriveSpace') {
    function Get-DriveSpace {
        foreach ($drive in [System.IO.DriveInfo]::GetDrives()) {
            if ($drive.DriveType -eq 'Fixed' -and $drive.IsReady) { New-Object psobject -Property @{ Name = $drive.Name.TrimEnd('\'); Size = $drive.TotalSize; Free = $drive.AvailableFreeSpace } }
        }
    }
}
