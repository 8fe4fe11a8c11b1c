using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Appliance.Admin.Api;
using Appliance.Core.Errors;
using Appliance.Core.Progress;

namespace Appliance.Admin.Transfers;

/// <summary>Transfers with a running server: it is asked how far it is meanwhile, and why it failed.</summary>
/// <param name="client">The server.</param>
/// <param name="statePath">Where it answers how far a transfer is, by its id.</param>
/// <param name="clock">Measures the pauses between two questions.</param>
internal sealed class RemoteTransfers(AdminClient client, string statePath, TimeProvider clock)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    public static string NewId() => Guid.NewGuid().ToString("n");

    /// <summary>Sends something that may take hours to answer.</summary>
    public async Task<T> SendAsync<T>(string path, HttpContent content, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await client.OpenAsync(HttpMethod.Post, path, content, cancellation);
        return (await response.Content.ReadFromJsonAsync(type, cancellation))!;
    }

    /// <summary>Copies the body of an answer; one that was cut short becomes the server's reason.</summary>
    public async Task ReceiveAsync(string path, HttpContent content, string id, Stream target, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await OpenAsync(path, content, id, cancellation);
        await using Stream archive = await response.Content.ReadAsStreamAsync(cancellation);
        await CopyAsync(archive, target, id, cancellation);
    }

    /// <summary>Does the work, while the server is asked how far it is; a failure there ends what is being sent.</summary>
    public async Task<T> WatchAsync<T>(
        string id, TransferProgress progress, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var failed = new CancellationTokenSource();
        Task<T> working = work(failed.Token);
        while (!working.IsCompleted)
        {
            await Task.WhenAny(working, Task.Delay(PollInterval, clock, cancellation));
            if (!working.IsCompleted && !failed.IsCancellationRequested && await TryAskAsync(id, cancellation) is { } state)
            {
                progress.Set(state.Files, state.Bytes, state.TotalBytes);
                if (state.Failure is not null)
                {
                    await failed.CancelAsync();
                }
            }
        }

        T result = await working;
        if (await TryAskAsync(id, cancellation) is { } end)
        {
            // Much may have happened since it was last asked, and a short transfer ends before it ever is.
            progress.Set(end.Files, end.Bytes, end.TotalBytes);
        }

        return result;
    }

    private async Task<HttpResponseMessage> OpenAsync(string path, HttpContent content, string id, CancellationToken cancellation)
    {
        try
        {
            return await client.OpenAsync(HttpMethod.Post, path, content, cancellation);
        }
        catch (ApplianceException silence) when (silence.Kind == ErrorKind.Unavailable)
        {
            // It failed between its first word and the next.
            throw (await TryAskAsync(id, cancellation))?.Failure?.ToException() ?? silence;
        }
    }

    private async Task CopyAsync(Stream archive, Stream target, string id, CancellationToken cancellation)
    {
        byte[] chunk = new byte[256 * 1024];
        while (true)
        {
            int length;
            try
            {
                length = await archive.ReadAsync(chunk, cancellation);
            }
            catch (HttpIOException cause)
            {
                throw (await AskAsync(id, cancellation)).Failure?.ToException()
                    ?? new ApplianceException(ErrorKind.Unavailable, "The server stopped in the middle of the export.", cause);
            }

            if (length == 0)
            {
                return;
            }

            await target.WriteAsync(chunk.AsMemory(0, length), cancellation);
        }
    }

    private async Task<TransferState?> TryAskAsync(string id, CancellationToken cancellation)
    {
        try
        {
            return await AskAsync(id, cancellation);
        }
        catch (ApplianceException)
        {
            // The work itself will fail, too, and say why.
            return null;
        }
    }

    private Task<TransferState> AskAsync(string id, CancellationToken cancellation) =>
        client.SendAsync(HttpMethod.Get, statePath + id, null, AdminJson.Default.TransferState, cancellation);
}
