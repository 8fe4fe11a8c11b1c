using System.Net.Sockets;

namespace Appliance.Gateways.Web.Packages;

/// <summary>
/// The index that has what this machine has not. Installers repeat for long what they cannot reach, so they are only sent
/// there while the machine itself can connect.
/// </summary>
/// <param name="address">Null for none.</param>
/// <param name="clock">For how long an answer counts.</param>
public sealed class PublicIndex(Uri? address, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim turn = new(1);
    private DateTimeOffset triedAt = DateTimeOffset.MinValue;
    private bool isReachable;

    /// <summary>A project's page there; null when it cannot be reached now.</summary>
    /// <param name="project">Normalised.</param>
    public async Task<string?> FindAsync(string project, CancellationToken cancellation) =>
        address is not null && await IsReachableAsync(address, cancellation) ? $"{address.AbsoluteUri.TrimEnd('/')}/{project}/" : null;

    public void Dispose() => turn.Dispose();

    private async Task<bool> IsReachableAsync(Uri index, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if (clock.GetUtcNow() - triedAt > Validity)
            {
                isReachable = await ConnectAsync(index, cancellation);
                triedAt = clock.GetUtcNow();
            }

            return isReachable;
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<bool> ConnectAsync(Uri index, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(ConnectTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(index.IdnHost, index.Port, both.Token);
            return true;
        }
        catch (Exception failure) when (failure is SocketException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }
}
