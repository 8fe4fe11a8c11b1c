using System.Runtime.Versioning;

// The assembly under test says the same.
[assembly: SupportedOSPlatform("linux")]
