# One PowerShell process of simulated PCs. It does one job after another for the simulator:
#   payload  what ansible-core sent to the PC, with Ansible's own wrappers, the module in a runspace of its own
#   runner   the shipped runner, from the folder where the simulator laid its files
# Each job has a runspace, a standard output and an environment of its own, so nothing leaks from one to the next;
# what they share is only that the language's engine is warm. It ends with what it printed and its exit code.
$ErrorActionPreference = 'Stop'
trap { [System.Console]::Error.WriteLine("$_"); exit 1 }

# The host of a job's runspace takes its exit code. PowerShell calls it on the job's thread, while this one waits.
[System.Management.Automation.Language.NoRunspaceAffinity()]
class JobHost : System.Management.Automation.Host.PSHost {
    [int] $ExitCode = 0
    hidden [guid] $Id = [guid]::NewGuid()
    hidden [System.Management.Automation.Host.PSHostUserInterface] $Terminal
    JobHost([System.Management.Automation.Host.PSHostUserInterface] $terminal) { $this.Terminal = $terminal }
    [string] get_Name() { return 'notesfleet' }
    [version] get_Version() { return [version]'5.1' }
    [guid] get_InstanceId() { return $this.Id }
    [System.Management.Automation.Host.PSHostUserInterface] get_UI() { return $this.Terminal }
    [System.Globalization.CultureInfo] get_CurrentCulture() { return [System.Globalization.CultureInfo]::InvariantCulture }
    [System.Globalization.CultureInfo] get_CurrentUICulture() { return [System.Globalization.CultureInfo]::InvariantCulture }
    [void] SetShouldExit([int] $code) { $this.ExitCode = $code }
    [void] EnterNestedPrompt() { }
    [void] ExitNestedPrompt() { }
    [void] NotifyBeginApplication() { }
    [void] NotifyEndApplication() { }
}

function Connect-Simulator {
    # This end of the wire is a handle that the process inherited; its number leaves the environment here.
    $handle = [System.IntPtr][int][System.Environment]::GetEnvironmentVariable('NOTESFLEET_WIRE')
    [System.Environment]::SetEnvironmentVariable('NOTESFLEET_WIRE', $null)
    $ends = 'Read', 'Write' | ForEach-Object {
        New-Object System.IO.FileStream (New-Object Microsoft.Win32.SafeHandles.SafeFileHandle $handle, $true), $_, 1
    }
    $encoding = New-Object System.Text.UTF8Encoding $false
    $wire = @{
        Reader = New-Object System.IO.StreamReader $ends[0], $encoding
        Writer = New-Object System.IO.StreamWriter $ends[1], $encoding
    }
    $wire.Writer.NewLine = "`n"
    $wire.Writer.AutoFlush = $true
    $wire
}

function New-ModuleSessionState {
    # A runspace made by a wrapper must find the cmdlets of this program, also where they are no module's.
    $state = [System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2()
    $known = @($state.Commands | ForEach-Object { $_.Name })
    foreach ($cmdlet in @($ExecutionContext.InvokeCommand.GetCommands('*', 'Cmdlet', $true))) {
        if ($known -notcontains $cmdlet.Name -and -not $cmdlet.ModuleName) {
            $entry = New-Object System.Management.Automation.Runspaces.SessionStateCmdletEntry $cmdlet.Name, $cmdlet.ImplementingType, $null
            $state.Commands.Add($entry)
        }
    }
    # One table of types for all: a new one makes the engine compile every access to a member anew.
    $types = [System.Management.Automation.Runspaces.TypeTable]::LoadDefaultTypeFiles()
    $state.Types.Clear()
    $state.Types.Add((New-Object System.Management.Automation.Runspaces.SessionStateTypeEntry $types))
    # Up to ansible-core 2.17 a program of Windows sets the code page.
    $state.Commands.Add((New-Object System.Management.Automation.Runspaces.SessionStateFunctionEntry 'chcp.com', ''))
    $state
}

function Edit-ModuleWrapper([string] $Line) {
    # The wrapper makes the module's runspace; here it gets the stand-ins first. Its name and place: ansible-core 2.19,
    # then those before it.
    $found = [regex]::Match($Line, '"module_wrapper\.ps1":\s*\{[^{}]*?"script":\s*"(?<text>[^"]+)"')
    if (-not $found.Success) { $found = [regex]::Match($Line, '"module_wrapper":\s*"(?<text>[^"]+)"') }
    if (-not $found.Success) { return $Line }
    $group = $found.Groups['text']
    $text = [System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String($group.Value))
    $create = '$ps = [PowerShell]::Create()', '$ps = [PowerShell]::Create([InitialSessionState]::CreateDefault2())' |
        Where-Object { $text.Contains($_) } | Select-Object -First 1
    if (-not $create) { throw 'simulator: this ansible-core has a module wrapper that is not known here' }
    $prepared = '$ps = [PowerShell]::Create($global:ModuleSessionState); $null = $ps.AddCommand($global:StandIn, $false).AddStatement()'
    $edited = [System.Text.Encoding]::UTF8.GetBytes($text.Replace($create, $prepared))
    $Line.Remove($group.Index, $group.Length).Insert($group.Index, [System.Convert]::ToBase64String($edited))
}

function Edit-Payload([string] $Line) {
    # 2.21 would start the program that PwshPath names, and would read JSON with a parameter that 5.1 has not.
    $Line = $Line.Replace('"PwshPath": "powershell"', '"PwshPath": null').Replace('if ($IsCoreCLR) {\n', 'if ($false) {\n')
    Edit-ModuleWrapper $Line
}

function New-PayloadPipeline([string] $Command) {
    # Without Windows' formatting cmdlets `$input | Out-String` is not there; joining the lines is what it is for.
    $pipeline = [PowerShell]::Create()
    $pipeline.AddScript($Command.Replace('$input | Out-String', '@($input) -join "`n"'), $false)
}

function New-RunnerPipeline([string] $Folder) {
    $pipeline = [PowerShell]::Create().AddCommand($StandIn, $false).AddStatement()
    $pipeline.AddCommand([System.IO.Path]::Combine($Folder, 'runner.ps1'), $false)
}

function New-JobRunspace([JobHost] $JobHost) {
    $runspace = [System.Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace($JobHost, $SessionState)
    # The engine asks for the host's name and version while no method of a class can run yet, and complains.
    $console = [System.Console]::Error
    [System.Console]::SetError([System.IO.TextWriter]::Null)
    try { $runspace.Open() } finally { [System.Console]::SetError($console) }
    $runspace.SessionStateProxy.SetVariable('ModuleSessionState', $SessionState)
    $runspace.SessionStateProxy.SetVariable('StandIn', $StandIn)
    $runspace
}

function Invoke-Job($Pipeline, [string[]] $Lines, [JobHost] $JobHost) {
    # Standard output and standard error are what a console would have shown.
    $runspace = New-JobRunspace $JobHost
    try {
        $Pipeline.Runspace = $runspace
        foreach ($value in $Pipeline.Invoke($Lines)) { [System.Console]::Out.WriteLine([string]$value) }
    }
    catch {
        [System.Console]::Error.WriteLine($_.Exception.GetBaseException().Message)
        $JobHost.SetShouldExit(1)
    }
    finally {
        foreach ($record in $Pipeline.Streams.Error) { [System.Console]::Error.WriteLine([string]$record) }
        $Pipeline.Dispose()
        $runspace.Dispose()
    }
}

function Invoke-Apart([scriptblock] $Do, [string] $Temporary) {
    # With output, environment and folders of its own; both texts are what the job printed.
    $console = [System.Console]::Out, [System.Console]::Error
    $written = (New-Object System.IO.StringWriter), (New-Object System.IO.StringWriter)
    $environment = [System.Environment]::GetEnvironmentVariables()
    $folder = [System.Environment]::CurrentDirectory
    [System.Console]::SetOut($written[0])
    [System.Console]::SetError($written[1])
    foreach ($name in 'TEMP', 'TMPDIR') { [System.Environment]::SetEnvironmentVariable($name, $Temporary) }
    try { & $Do }
    finally {
        [System.Console]::SetOut($console[0])
        [System.Console]::SetError($console[1])
        [System.Environment]::CurrentDirectory = $folder
        foreach ($name in @([System.Environment]::GetEnvironmentVariables().Keys) + @($environment.Keys)) {
            [System.Environment]::SetEnvironmentVariable($name, $environment[$name])
        }
    }
    $written[0].ToString(), $written[1].ToString()
}

$wire = Connect-Simulator
[System.AppDomain]::CurrentDomain.SetData('notesfleet.wire', $wire)
$SessionState = New-ModuleSessionState
# A file, as a script's text would be compiled anew in each runspace.
$StandIn = [System.IO.Path]::Combine($PSScriptRoot, 'StandIn.ps1')
while ($null -ne ($line = $wire.Reader.ReadLine())) {
    $job = ConvertFrom-Json -InputObject $line
    $wire.Table = $job.table
    $jobHost = [JobHost]::new($Host.UI)
    $printed = Invoke-Apart -Temporary $job.temporary.Substring(1) -Do {
        if ($job.job -eq 'payload') {
            $lines = @($job.payload.Substring(1).Split([char]10) | ForEach-Object { Edit-Payload $_ })
            Invoke-Job (New-PayloadPipeline $job.command.Substring(1)) $lines $jobHost
        }
        else { Invoke-Job (New-RunnerPipeline $job.folder.Substring(1)) @() $jobHost }
    }
    $wire.Writer.WriteLine((ConvertTo-Json -Compress -InputObject @{
        ended = $jobHost.ExitCode
        stdout = $printed[0]
        stderr = $printed[1]
    }))
}
