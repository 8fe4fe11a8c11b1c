namespace Appliance.Core.Lifetime;

/// <summary>Says that the server is stopping, so that whoever waits for something answers now, with nothing.</summary>
public sealed class DrainSignal : IDisposable
{
    private readonly CancellationTokenSource source = new();

    public CancellationToken Token => source.Token;

    public void Raise() => source.Cancel();

    public void Dispose() => source.Dispose();
}
