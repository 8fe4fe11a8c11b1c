using System.Runtime.InteropServices;

namespace Appliance.Cli.SelfTest;

/// <summary>The first Ctrl-C asks, so that what runs can put its containers away; a second one ends the process.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly List<PosixSignalRegistration> registrations;

    public Interruption(CancellationToken cancellation)
    {
        source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        registrations = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT }.Select(signal => PosixSignalRegistration.Create(signal, Hear))];
    }

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        registrations.ForEach(registration => registration.Dispose());
        source.Dispose();
    }

    private void Hear(PosixSignalContext context)
    {
        context.Cancel = !source.IsCancellationRequested;
        if (context.Cancel)
        {
            source.Cancel();
        }
    }
}
