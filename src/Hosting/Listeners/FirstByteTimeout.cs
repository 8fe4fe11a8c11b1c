using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Appliance.Hosting.Listeners;

/// <summary>
/// Closes connections on which nobody speaks. A gRPC connection may be silent for hours once it has begun (its peer
/// answers pings), so Kestrel's own idle limit is long; one that never begins is not worth its memory.
/// </summary>
public static class FirstByteTimeout
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static ConnectionDelegate Guard(ConnectionDelegate next, TimeProvider clock) => async connection =>
    {
        PipeReader input = connection.Transport.Input;
        using var limit = new CancellationTokenSource(Limit, clock);
        try
        {
            ReadResult first = await input.ReadAsync(limit.Token);
            input.AdvanceTo(first.Buffer.Start);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await next(connection);
    };
}
