#Requires -Version 5.1
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

# NoSeam.psm1
# How a stand-in takes a seam's place (safety 8): by being there first.

function Test-NoSeam([string] $Name) { -not $ExecutionContext.InvokeCommand.GetCommand($Name, 'Function') }

# PcSeams.psm1
# What the runner in the user's session and session 0 both ask of a PC (safety 8). Each function is defined only where
# none of its name exists (NoSeam).

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

# survey_seams.ps1
# What a survey asks of a PC in session 0 (safety 8): reads only, never through a link (safety 2.1). A seam that is
# defined already, by a stand-in, stays.

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

# survey.ps1
# What a PC's Notes clients look like from outside, in session 0: registry, profiles, notes.ini, the first bytes of
# databases, processes, disks. Reads only: installs and writes nothing (safety 2.1). Prints one survey in JSON;
# files travel as bytes and are read on the controller.

$script:NotesKey = 'SOFTWARE\Lotus\Notes'
$script:IniLimit = 1048576
$script:HeaderLimit = 1024
$script:DatabaseLimit = 200
$script:ProfileLimit = 100
$script:ErrorLimit = 199
$script:Local = '\A[A-Za-z]:\\[^*?"<>|]{0,1000}\z'
$script:Blanks = [char[]]@(9, 10, 11, 12, 13, 32)
$script:Errors = New-Object System.Collections.ArrayList

function Add-SurveyError([string] $What, [string] $Place, [string] $Code, [string] $Sid) {
    if ($script:Errors.Count -lt $script:ErrorLimit) { $null = $script:Errors.Add(@{ what = $What; path = $Place; code = $Code; sid = $Sid }) }
    elseif ($script:Errors.Count -eq $script:ErrorLimit) { $null = $script:Errors.Add(@{ what = 'errors'; path = ''; code = 'too_many'; sid = '' }) }
}

function Invoke-Look([string] $LookedFor, [string] $LookedAt, [string] $LookSid, [scriptblock] $Look) {
    # What cannot be read is noted, and the survey goes on without it.
    try { & $Look } catch { Add-SurveyError $LookedFor $LookedAt (Get-ErrorCode $_) $LookSid }
}

function Find-RegistryValue([string] $Hive, [string] $View, [string] $Key, [string] $Name, [string] $Sid) {
    Invoke-Look 'registry' "$Hive\$Key ($View)" $Sid { Get-RegistryValue -Hive $Hive -View $View -Key $Key -Name $Name }
}

function Find-RegistrySubkey([string] $Hive, [string] $View, [string] $Key, [string] $Sid) {
    Invoke-Look 'registry' "$Hive\$Key ($View)" $Sid { Get-RegistrySubkey -Hive $Hive -View $View -Key $Key }
}

function Get-Installation {
    # In both views; the top key shows only the last installation (notes_client 1).
    foreach ($view in '32', '64') {
        $keys = @($script:NotesKey) + @(Find-RegistrySubkey 'HKLM' $view $script:NotesKey '' | ForEach-Object { "$script:NotesKey\$_" })
        foreach ($key in $keys) {
            $program = Find-RegistryValue 'HKLM' $view $key 'Path' ''
            if (-not $program) { continue }
            $folder = $program.TrimEnd('\')
            $found = Invoke-Look 'version' "$folder\nlnotes.exe" '' { if ($folder -cmatch $script:Local) { Get-FileVersion -Path "$folder\nlnotes.exe" } }
            @{ view = $view; key = $key; program = $folder; data = "$(Find-RegistryValue 'HKLM' $view $key 'DataPath' '')"
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
    foreach ($key in @(Find-RegistrySubkey 'HKU' '64' $top $Owner.Sid | ForEach-Object { "$top\$_" }) + @($top)) {
        $path = Find-RegistryValue 'HKU' '64' $key 'NotesIniPath' $Owner.Sid
        if ($path) { , @('registry', $path) }
    }
    foreach ($vendor in 'HCL', 'IBM', 'Lotus') { , @('folder', "$($Owner.Path)\AppData\Local\$vendor\Notes\Data\notes.ini") }
    foreach ($installation in $Installations) {
        foreach ($folder in $installation.data, $installation.program) { if ($folder) { , @('machine', "$folder\notes.ini") } }
    }
}

function ConvertFrom-CodePage([byte[]] $Data, [int] $CodePage) {
    # The text of bytes; nothing where they are none, or would be written back otherwise (audit/notes_ini.py).
    $encoding = [System.Text.Encoding]::GetEncoding($CodePage, [System.Text.EncoderFallback]::ExceptionFallback, [System.Text.DecoderFallback]::ExceptionFallback)
    try {
        $text = $encoding.GetString($Data)
        if ([System.Convert]::ToBase64String($encoding.GetBytes($text)) -ceq [System.Convert]::ToBase64String($Data)) { $text }
    }
    catch [System.ArgumentException] { $null = $_ }
}

function Get-DataDirectory([byte[]] $Content, [int] $CodePage) {
    # The first `Directory=` in the section [Notes], as audit/notes_ini.py reads it: nothing where it cannot be decoded.
    $bytes = [System.Text.Encoding]::GetEncoding(28591)
    $inside = $true
    foreach ($line in $bytes.GetString($Content).Split("`r`n".ToCharArray())) {
        if ($line.TrimStart($script:Blanks).StartsWith('[', [System.StringComparison]::Ordinal)) { $inside = $line.Trim($script:Blanks).ToLowerInvariant() -ceq '[notes]'; continue }
        $name = $line.Split('=')[0]
        if (-not $inside -or $name.Length -eq $line.Length -or $name.ToLowerInvariant().IndexOf('directory', [System.StringComparison]::Ordinal) -lt 0) { continue }
        if ("$(ConvertFrom-CodePage $bytes.GetBytes($name) $CodePage)".Trim() -cnotmatch '\A[Dd][Ii][Rr][Ee][Cc][Tt][Oo][Rr][Yy]\z') { continue }
        $text = ConvertFrom-CodePage $bytes.GetBytes($line) $CodePage
        if ($null -ne $text) { $text.Substring($text.IndexOf('=') + 1).Trim().TrimEnd('\') }
        return
    }
    ''
}

function New-Finding($Candidate, $Content, [string] $Data, [string] $Code) { @{ by = $Candidate[0]; path = $Candidate[1]; content = $Content; data = $Data; code = $Code } }

function Read-Candidate($Owner, $Candidate, [int] $CodePage) {
    # Nothing where no Notes is set up there; a code where something is there and cannot be looked at.
    $by, $path = $Candidate
    if ($path -cnotmatch $script:Local) { if ($by -cmatch '\A(process|registry)\z') { New-Finding $Candidate $null '' 'not_local' }; return }
    if ($by -ceq 'machine' -and (Invoke-Look 'owner' $path $Owner.Sid { Get-FileOwner -Path $path }) -cne $Owner.Sid) { return }
    try { $content = Get-ClientFile -Path $path -Limit ($script:IniLimit + 1) }
    catch {
        $code = Get-ErrorCode $_
        if ($by -cne 'folder' -or $code -cne 'no_rights') { return (New-Finding $Candidate $null '' $code) }
        # A guess behind a link, where nobody may look: that no client is made of it is said.
        Add-SurveyError 'notes.ini' $path $code $Owner.Sid
        return
    }
    if ($null -eq $content) { return }
    if ($content.Length -gt $script:IniLimit) { return (New-Finding $Candidate $null '' 'too_large') }
    $data = Get-DataDirectory $content $CodePage
    if ($null -eq $data) { return (New-Finding $Candidate $content '' 'unreadable') }
    if (-not $data) { return }
    if ($data -cnotmatch $script:Local) { return (New-Finding $Candidate $content '' 'not_local') }
    try { $names = Get-ClientFileInfo -Path "$data\names.nsf" } catch { return (New-Finding $Candidate $content '' (Get-ErrorCode $_)) }
    if ($null -ne $names) { New-Finding $Candidate $content $data '' }
}

function Find-NotesIni($Owner, $Processes, $Installations, [int] $CodePage) {
    # The best that can be read. What cannot be is not passed over for a worse one, unless it may not be there at all.
    $passed = $null
    foreach ($candidate in @(Get-Candidate $Owner $Processes $Installations)) {
        $found = Read-Candidate $Owner $candidate $CodePage
        if ($null -eq $found) { continue }
        if (-not $found.code) {
            if ($null -ne $passed) { Add-SurveyError 'notes.ini' $passed.path $passed.code $Owner.Sid }
            return $found
        }
        if ($null -eq $passed) { $passed = $found }
        if ($found.code -cne 'not_local' -or $found.by -ceq 'process') { break }
    }
    $passed
}

function Get-Database([string] $Data, [string] $Name, [string] $Sid) {
    $info = Invoke-Look 'file' "$Data\$Name" $Sid { Get-ClientFileInfo -Path "$Data\$Name" }
    if ($null -eq $info) { return }
    $header = $null
    $code = ''
    try { $header = Get-ClientFile -Path "$Data\$Name" -Limit $script:HeaderLimit } catch { $code = Get-ErrorCode $_ }
    @{ path = $Name; size = $info.Size; modified = $info.Modified; header = $(if ($null -eq $header) { '' } else { [System.Convert]::ToBase64String($header) }); error = $code }
}

function Get-DatabaseName([string] $Folder, [string] $Prefix, [string] $Sid) {
    Invoke-Look 'folder' $Folder $Sid { Get-ClientFileList -Folder $Folder } | Where-Object { $_ -match '\.(nsf|box)\z' } | ForEach-Object { "$Prefix$_" }
}

function Get-ProfileReading($Owner, $Processes, $Installations, [int] $CodePage) {
    $found = Find-NotesIni $Owner $Processes $Installations $CodePage
    if ($null -eq $found) { return }
    $data = $found.data
    $names = @(if ($data) { Get-DatabaseName $data '' $Owner.Sid; Get-DatabaseName "$data\mail" 'mail\' $Owner.Sid })
    $databases = @($names | Select-Object -First $script:DatabaseLimit | ForEach-Object { Get-Database $data $_ $Owner.Sid })
    @{ sid = $Owner.Sid; account = $Owner.Account; ini_path = $found.path; found_by = $found.by; data = $data; error = $found.code
        ini = $(if ($null -eq $found.content) { '' } else { [System.Convert]::ToBase64String($found.content) })
        databases = $databases; truncated = $names.Count -gt $script:DatabaseLimit }
}

function Get-Survey {
    $version = Get-SystemVersion
    $codePage = [int](Get-CodePage)
    $processes = @(Get-NotesProcess)
    $installations = @(Get-Installation)
    $owners = @(Get-UserProfile)
    $owners | Select-Object -Skip $script:ProfileLimit | ForEach-Object { Add-SurveyError 'profile' $_.Path 'too_many' $_.Sid }
    $profiles = @($owners | Select-Object -First $script:ProfileLimit | ForEach-Object { Get-ProfileReading $_ $processes $installations $codePage })
    @{
        changed = $false; schema = 1; time = (ConvertTo-Moment (Get-RunnerTime)); computer = $version.ComputerName; os_version = $version.OsVersion
        booted = (ConvertTo-Moment $version.Booted); machine = (Get-MachineId); code_page = $codePage
        drives = @(Get-DriveSpace | ForEach-Object { @{ name = $_.Name; size = $_.Size; free = $_.Free } })
        sessions = @(Get-UserSession | ForEach-Object { @{ id = $_.Id; sid = $_.Sid; state = $_.State } })
        processes = @($processes | ForEach-Object { @{ name = $_.Name; sid = $_.Sid; started = (ConvertTo-Moment $_.Started) } })
        installations = $installations; profiles = $profiles; errors = $script:Errors.ToArray()
    }
}

try { $answer = Get-Survey } catch { $answer = @{ failed = $true; changed = $false; msg = "survey: $($_.Exception.Message)" } }
$answer | ConvertTo-Json -Depth 6 -Compress
