#Requires -Version 5.1
# One exchange with a PC, in session 0: installs the runner by its hash, stages orders, starts the runner in the
# user's session, waits for reports and reads the journals. $complex_args.request is an ExchangeRequest, the output
# one ExchangeAnswer in JSON. Nothing of a user's is written (safety 2.1).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:JournalLimit = 4194304
$script:AnswerLimit = 11534336
$script:Ascii = [System.Text.Encoding]::ASCII

function Test-NoSeam([string] $Name) { -not $ExecutionContext.InvokeCommand.GetCommand($Name, 'Function') }

function Get-SeamFailure($Exception) {
    # The code of a failed file operation, by Windows' error number.
    while ($Exception.InnerException) { $Exception = $Exception.InnerException }
    $code = switch ($Exception.HResult -band 0xFFFF) { 32 { 'locked_file' } 33 { 'locked_file' } 112 { 'disk_full' } 5 { 'no_rights' } default { 'runner_error' } }
    "${code}: $($Exception.Message)"
}

if (Test-NoSeam 'Get-ClientFile') {
    function Get-ClientFile([string] $Path, [long] $Limit) {
        if (-not [System.IO.File]::Exists($Path)) { return $null }
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
        catch { throw (Get-SeamFailure $_.Exception) }
    }
}
if (Test-NoSeam 'Set-ClientFile') {
    function Set-ClientFile([string] $Path, [byte[]] $Content) {
        $temporary = $Path + '.new'
        try {
            $stream = New-Object System.IO.FileStream $temporary, 'Create', 'Write', 'None'
            try { $stream.Write($Content, 0, $Content.Length); $stream.Flush($true) } finally { $stream.Dispose() }
            if ([System.IO.File]::Exists($Path)) { [System.IO.File]::Replace($temporary, $Path, $null) }
            else { [System.IO.File]::Move($temporary, $Path) }
        }
        catch { throw (Get-SeamFailure $_.Exception) }
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
if (Test-NoSeam 'Get-RunnerTime') { function Get-RunnerTime { [System.DateTime]::UtcNow } }
if (Test-NoSeam 'Wait-Runner') { function Wait-Runner([int] $Seconds) { [System.Threading.Thread]::Sleep($Seconds * 1000); $true } }
if (Test-NoSeam 'Get-FolderPath') {
    function Get-FolderPath([string] $Name) { [System.Environment]::GetFolderPath(@{ ProgramFiles = 'ProgramFiles'; ProgramData = 'CommonApplicationData'; SystemRoot = 'Windows' }[$Name]) }
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

function Get-Sha256([byte[]] $Data) {
    $algorithm = [System.Security.Cryptography.SHA256]::Create()
    try { [System.BitConverter]::ToString($algorithm.ComputeHash($Data)).Replace('-', '').ToLowerInvariant() } finally { $algorithm.Dispose() }
}

function Test-SameText([string] $Path, [string] $Text) {
    $data = Get-ClientFile -Path $Path -Limit $script:JournalLimit
    $null -ne $data -and [System.Convert]::ToBase64String($data) -ceq [System.Convert]::ToBase64String($script:Ascii.GetBytes($Text))
}

function Get-RunnerFolderHash([string] $Folder) {
    # As package.py's runner_hash: SHA-256 of the canonical list of names and SHA-256, sorted by name.
    $parts = foreach ($name in @(Get-ClientFileList -Folder $Folder)) {
        '{"name":"' + $name + '","sha256":"' + (Get-Sha256 (Get-ClientFile -Path "$Folder\$name" -Limit $script:JournalLimit)) + '"}'
    }
    Get-Sha256 $script:Ascii.GetBytes('[' + (@($parts) -join ',') + ']')
}

function Expand-RunnerArchive([string] $Archive) {
    # Canonical JSON {"files":[{"base64","name"}]}, so its pairs can be taken by a pattern.
    $source = New-Object System.IO.MemoryStream (, [System.Convert]::FromBase64String($Archive))
    $reader = New-Object System.IO.StreamReader (New-Object System.IO.Compression.GZipStream $source, ([System.IO.Compression.CompressionMode]::Decompress))
    try { $text = $reader.ReadToEnd() } finally { $reader.Dispose() }
    foreach ($match in [regex]::Matches($text, '\{"base64":"([A-Za-z0-9+/=]*)","name":"([A-Za-z0-9._-]+)"\}')) {
        New-Object psobject -Property @{ Name = $match.Groups[2].Value; Content = [System.Convert]::FromBase64String($match.Groups[1].Value) }
    }
}

function Install-Runner($Package, [string] $Folder) {
    # present, installed or missing. A folder that is half written does not have its hash and is written again.
    if ((Get-RunnerFolderHash $Folder) -ceq $Package.hash) { return 'present' }
    if (-not $Package.archive) { return 'missing' }
    New-ProtectedFolder -Path $Folder -Reader 'Users'
    foreach ($file in @(Expand-RunnerArchive $Package.archive)) { Set-ClientFile -Path "$Folder\$($file.Name)" -Content $file.Content }
    if ((Get-RunnerFolderHash $Folder) -cne $Package.hash) { throw "hash_mismatch: $Folder does not have its hash after it was written" }
    'installed'
}

function Get-JournalEnd([byte[]] $Data) {
    # `finished`, `pending` or nothing: the kind of the last whole line. Canonical text, so a pattern is enough.
    if ($null -eq $Data -or -not $Data.Length) { return '' }
    $text = $script:Ascii.GetString($Data)
    $match = [regex]::Match($text, '(?:^|\n)[0-9a-f]{16} \{(?:[^\n]*,)?"k":"(finished|pending)"[^\n]*\}\n$', 'RightToLeft')
    if ($match.Success) { $match.Groups[1].Value } else { '' }
}

function Get-Attempt([string] $Text) {
    $match = [regex]::Match($Text, '"attempt":([0-9]{1,4})[,}]')
    if ($match.Success) { [int]$match.Groups[1].Value } else { 0 }
}

function New-OrderAnswer([string] $Id) { @{ id = $Id; staged = 'absent'; ended_before = $false; journal = ''; error = ''; again = $false; before = 0 } }

function Set-JournalBefore($Answer, [string] $Base) {
    $data = Get-ClientFile -Path "$Base\journals\$($Answer.id).journal" -Limit $script:JournalLimit
    if ($null -ne $data) { $Answer.before = $data.Length }
    $Answer.ended_before = (Get-JournalEnd $data) -ceq 'finished'
    $null -ne $data
}

function Publish-Order($Order, [string] $Base, [string] $Sid) {
    # The order's own file comes last, so that a runner never sees half of what belongs to it.
    $answer = New-OrderAnswer $Order.id
    try {
        if ((Get-Sha256 $script:Ascii.GetBytes($Order.text)).Substring(0, 32) -cne $Order.id) { throw 'bad_order: the order does not have its hash' }
        $path = "$Base\orders\$($Order.id)"
        $known = Test-SameText "$path.json" $Order.text
        if (-not (Set-JournalBefore $answer $Base)) { New-JournalFile -Path "$Base\journals\$($Order.id).journal" -Sid $Sid }
        if (-not (Test-SameText "$path.staging.json" $Order.staging)) {
            $old = Get-ClientFile -Path "$path.staging.json" -Limit $script:JournalLimit
            if ($null -ne $old) { $answer.again = $answer.ended_before -and (Get-Attempt $Order.staging) -gt (Get-Attempt $script:Ascii.GetString($old)) }
            Set-ClientFile -Path "$path.staging.json" -Content $script:Ascii.GetBytes($Order.staging)
        }
        if (-not $known) { Set-ClientFile -Path "$path.json" -Content $script:Ascii.GetBytes($Order.text) }
        $answer.staged = $(if ($known) { 'known' } else { 'new' })
    }
    catch { $answer.staged = 'refused'; $answer.error = $_.Exception.Message }
    $answer
}

function Find-Order([string] $Id, [string] $Base) {
    $answer = New-OrderAnswer $Id
    if ($null -ne (Get-ClientFile -Path "$Base\orders\$Id.json" -Limit 1)) {
        $answer.staged = 'known'
        $null = Set-JournalBefore $answer $Base
    }
    $answer
}

function Publish-Client($Client, $Answer, [string] $Base, [string] $Folder) {
    $sid = $Client.sid
    $sessions = @(Get-UserSession | Where-Object { $_.Sid -ceq $sid })
    $Answer.logged_on = $sessions.Count -gt 0
    if (@($Client.orders).Count) {
        New-ProtectedFolder -Path "$Base\orders" -Reader $sid
        New-ProtectedFolder -Path "$Base\journals" -Reader $sid
    }
    $Answer.orders = @(@($Client.orders | ForEach-Object { Publish-Order $_ $Base $sid }) + @($Client.collect | ForEach-Object { Find-Order $_ $Base }))
    $open = @($Answer.orders | Where-Object { 'new', 'known' -ccontains $_.staged -and (-not $_.ended_before -or $_.again) })
    if (-not $open.Count) { return }
    # A client Windows runs no script file unless told; a group policy still has the last word (safety 1.10).
    Register-RunnerTask -Sid $sid -Command 'powershell.exe' -Arguments "-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -WindowStyle Hidden -File `"$Folder\runner.ps1`""
    $active = @($sessions | Where-Object { $_.State -ceq 'active' })
    if (-not $active.Count) { return }
    Start-RunnerTask -Sid $sid -Session $active[0].Id
    $Answer.started = $true
}

function Test-OrderOpen($Order, [string] $Base) {
    if ('new', 'known' -cnotcontains $Order.staged -or ($Order.ended_before -and -not $Order.again)) { return $false }
    $data = Get-ClientFile -Path "$Base\journals\$($Order.id).journal" -Limit $script:JournalLimit
    -not (Get-JournalEnd $data) -or ($Order.again -and $data.Length -le $Order.before)
}

function Wait-Report($Answers, [string] $Root, [int] $Seconds) {
    # Until the last record of every order that a started runner works on is `finished` or `pending`, or its user is gone.
    for ($i = 0; $i -lt $Seconds; $i++) {
        $here = @(Get-UserSession | ForEach-Object { $_.Sid })
        $open = @(foreach ($answer in $Answers) {
                if ($answer.started -and $here -ccontains $answer.sid) { $answer.orders | Where-Object { $i -eq 0 -or (Test-OrderOpen $_ "$Root\$($answer.sid)") } }
            })
        if (-not $open.Count -or -not (Wait-Runner -Seconds 1)) { return }
    }
}

function Read-Report($Answers, [string] $Root) {
    $total = 0
    foreach ($answer in $Answers) {
        foreach ($order in $answer.orders) {
            $order.Remove('again')
            $data = Get-ClientFile -Path "$Root\$($answer.sid)\journals\$($order.id).journal" -Limit ($script:JournalLimit + 1)
            if ($null -eq $data) { continue }
            $total += $data.Length
            if ($data.Length -gt $script:JournalLimit -or $total -gt $script:AnswerLimit) { $order.error = 'journal_damaged: the journal is too large to be read' }
            else { $order.journal = [System.Convert]::ToBase64String($data) }
        }
    }
}

function Invoke-Exchange($Request) {
    $root = (Get-FolderPath -Name 'ProgramData') + '\notesfleet\clients'
    $folder = (Get-FolderPath -Name 'ProgramFiles') + '\notesfleet\runner\' + $Request.runner.hash
    if (-not (Enter-MachineLock)) { throw 'another exchange has held the machine lock for 60 s' }
    $answers = @()
    try {
        $state = Install-Runner $Request.runner $folder
        if ($state -cne 'missing') {
            $answers = @(foreach ($client in @($Request.clients)) {
                    $answer = @{ sid = $client.sid; logged_on = $false; started = $false; orders = @(); error = '' }
                    try { Publish-Client $client $answer "$root\$($client.sid)" $folder } catch { $answer.error = $_.Exception.Message }
                    $answer
                })
        }
    }
    finally { Exit-MachineLock }
    Wait-Report $answers $root ([int]$Request.wait)
    Read-Report $answers $root
    $time = (Get-RunnerTime).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss', [System.Globalization.CultureInfo]::InvariantCulture) + 'Z'
    @{ changed = $false; runner = $state; time = $time; clients = $answers }
}

try { $answer = Invoke-Exchange $complex_args.request } catch { $answer = @{ failed = $true; changed = $false; msg = "exchange: $($_.Exception.Message)" } }
$answer | ConvertTo-Json -Depth 6 -Compress
