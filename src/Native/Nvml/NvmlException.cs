namespace Appliance.Native.Nvml;

/// <summary>The management library reports a failure; the message says which call and why.</summary>
public sealed class NvmlException(string message) : Exception(message);
