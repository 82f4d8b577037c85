# One exchange, in session 0: stages and recalls orders, starts the runner in the user's session, waits for reports and reads the
# journals. Nothing of a user's is written (safety 2.1).
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:AnswerLimit = 11534336
$script:Ascii = [System.Text.Encoding]::ASCII

function Test-SameContent([string] $Path, [string] $Text) {
    $data = Get-ClientFile -Path $Path -Limit $script:JournalLimit
    $null -ne $data -and [System.Convert]::ToBase64String($data) -ceq [System.Convert]::ToBase64String($script:Ascii.GetBytes($Text))
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

function New-OrderAnswer([string] $Id) { @{ id = $Id; staged = 'absent'; ended_before = $false; cancel = 'none'; journal = ''; error = ''; again = $false; before = 0 } }

function Set-OrderBefore($Answer, [string] $Base) {
    # True: there is a journal.
    if ($null -ne (Get-ClientFile -Path "$Base\orders\$($Answer.id).cancel" -Limit 1)) { $Answer.cancel = 'known' }
    $data = Get-ClientFile -Path "$Base\journals\$($Answer.id).journal" -Limit $script:JournalLimit
    if ($null -ne $data) { $Answer.before = $data.Length }
    $Answer.ended_before = (Get-JournalEnd $data) -ceq 'finished'
    $null -ne $data
}

function Publish-Order($Order, [string] $Base, [string] $Sid) {
    # The order's own file comes last, so that a runner never sees half of what belongs to it.
    $answer = New-OrderAnswer $Order.id
    try {
        if ((Get-Sha256Text $script:Ascii.GetBytes($Order.text)).Substring(0, 32) -cne $Order.id) { throw 'bad_order: the order does not have its hash' }
        $path = "$Base\orders\$($Order.id)"
        $known = Test-SameContent "$path.json" $Order.text
        if (-not (Set-OrderBefore $answer $Base)) { New-JournalFile -Path "$Base\journals\$($Order.id).journal" -Sid $Sid }
        if (-not (Test-SameContent "$path.staging.json" $Order.staging)) {
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
        $null = Set-OrderBefore $answer $Base
    }
    $answer
}

function Publish-Cancel([string] $Id, [string] $Text, [string] $Base) {
    # Only beside an order that lies there and has not finished: what has ended stays what it is.
    $answer = Find-Order $Id $Base
    if ($answer.staged -cne 'known' -or $answer.ended_before -or $answer.cancel -cne 'none') { return $answer }
    try {
        Set-ClientFile -Path "$Base\orders\$Id.cancel" -Content $script:Ascii.GetBytes($Text)
        $answer.cancel = 'new'
    }
    catch { $answer.error = $_.Exception.Message }
    $answer
}

function Test-OrderWork($Order) {
    # Whether a runner has something to do for it. One that could not be cancelled is not started.
    'new', 'known' -ccontains $Order.staged -and (-not $Order.ended_before -or $Order.again) -and -not $Order.error
}

function Publish-Client($Client, $Answer, [string] $Base, [string] $Folder) {
    $sid = $Client.sid
    $sessions = @(Get-UserSession | Where-Object { $_.Sid -ceq $sid })
    $Answer.logged_on = $sessions.Count -gt 0
    $recalled = @($Client.cancel | Where-Object { $null -ne (Get-ClientFile -Path "$Base\orders\$_.json" -Limit 1) })
    if (@($Client.orders).Count -or $recalled.Count) {
        New-ProtectedFolder -Path "$Base\orders" -Reader $sid
        New-ProtectedFolder -Path "$Base\journals" -Reader $sid
    }
    $Answer.orders = @(
        $Client.orders | ForEach-Object { Publish-Order $_ $Base $sid }
        $Client.collect | ForEach-Object { Find-Order $_ $Base }
        $Client.cancel | ForEach-Object { Publish-Cancel $_ $Client.cancel_text $Base }
    )
    if (-not @($Answer.orders | Where-Object { Test-OrderWork $_ }).Count) { return }
    # A client Windows runs no script file unless told; a group policy still has the last word (safety 1.10).
    Register-RunnerTask -Sid $sid -Command 'powershell.exe' -Arguments "-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -WindowStyle Hidden -File `"$Folder\runner.ps1`""
    $active = @($sessions | Where-Object { $_.State -ceq 'active' })
    if (-not $active.Count) { return }
    Start-RunnerTask -Sid $sid -Session $active[0].Id
    $Answer.started = $true
}

function Test-OrderOpen($Order, [string] $Base) {
    # What the journal said before says nothing of an attempt or a cancellation that came with this exchange.
    if (-not (Test-OrderWork $Order)) { return $false }
    $data = Get-ClientFile -Path "$Base\journals\$($Order.id).journal" -Limit $script:JournalLimit
    -not (Get-JournalEnd $data) -or (($Order.again -or $Order.cancel -ceq 'new') -and $data.Length -le $Order.before)
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

function ConvertTo-PackedText([byte[]] $Data) {
    # As packed.py: base64 of gzip.
    $packed = New-Object System.IO.MemoryStream
    $writer = New-Object System.IO.Compression.GZipStream $packed, ([System.IO.Compression.CompressionMode]::Compress)
    try { $writer.Write($Data, 0, $Data.Length) } finally { $writer.Dispose() }
    [System.Convert]::ToBase64String($packed.ToArray())
}

function Read-Report($Answers, [string] $Root) {
    $total = 0
    foreach ($answer in $Answers) {
        foreach ($order in $answer.orders) {
            $order.Remove('again')
            $data = Get-ClientFile -Path "$Root\$($answer.sid)\journals\$($order.id).journal" -Limit ($script:JournalLimit + 1)
            if ($null -eq $data -or -not $data.Length) { continue }
            $total += $data.Length
            if ($data.Length -gt $script:JournalLimit -or $total -gt $script:AnswerLimit) { $order.error = 'journal_damaged: the journal is too large to be read' }
            else { $order.journal = ConvertTo-PackedText $data }
        }
    }
}

function Invoke-Exchange($Request, [string] $Folder, [string] $State) {
    <# .SYNOPSIS
    Stages the orders of an ExchangeRequest and gives its ExchangeAnswer. Folder: the runner's, checked; State: how it got there. #>
    $root = (Get-FolderPath -Name 'ProgramData') + '\notesfleet\clients'
    if (-not (Enter-MachineLock)) { throw 'another exchange has held the machine lock for 60 s' }
    try {
        $answers = @(foreach ($client in @($Request.clients)) {
                $answer = @{ sid = $client.sid; logged_on = $false; started = $false; orders = @(); error = '' }
                try { Publish-Client $client $answer "$root\$($client.sid)" $Folder } catch { $answer.error = $_.Exception.Message }
                $answer
            })
    }
    finally { Exit-MachineLock }
    Wait-Report $answers $root ([int]$Request.wait)
    Read-Report $answers $root
    $time = (Get-RunnerTime).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss', [System.Globalization.CultureInfo]::InvariantCulture) + 'Z'
    @{ changed = $false; runner = $State; time = $time; clients = $answers }
}

Export-ModuleMember -Function Invoke-Exchange
