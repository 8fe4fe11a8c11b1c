namespace Appliance.Bench.Grpc;

/// <summary>
/// Calls a second, and calls a second of processor time, client and server together: the latter still says something
/// where other programs take turns on the machine.
/// </summary>
internal readonly record struct CallRate(double PerSecond, double PerProcessorSecond);
