# What several files hold to: encodings and limits.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:Latin1 = [System.Text.Encoding]::GetEncoding(28591)
# Strict both ways: what is not ASCII is an error, never a question mark.
$script:StrictAscii = [System.Text.Encoding]::GetEncoding(20127, [System.Text.EncoderFallback]::ExceptionFallback, [System.Text.DecoderFallback]::ExceptionFallback)
$script:JournalLimit = 4194304
$script:PartLimit = 500
