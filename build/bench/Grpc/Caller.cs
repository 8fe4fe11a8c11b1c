using System.Diagnostics;
using System.Net;

namespace Appliance.Bench.Grpc;

/// <summary>
/// Sends one ready-made body again and again from many tasks and reads what comes back without looking into it, so
/// that the client's part costs the same whoever answers.
/// </summary>
internal sealed class Caller(HttpMessageInvoker http, Uri address, byte[] body)
{
    /// <summary>Calls for as long as it is told.</summary>
    public async Task<CallRate> RunAsync(int tasks, TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan processorStart = Environment.CpuUsage.TotalTime;
        int[] calls = await Task.WhenAll(Enumerable.Range(0, tasks).Select(_ => CallUntilAsync(start, duration)));
        int total = calls.Sum();
        return new CallRate(
            total / Stopwatch.GetElapsedTime(start).TotalSeconds,
            total / (Environment.CpuUsage.TotalTime - processorStart).TotalSeconds);
    }

    private async Task<int> CallUntilAsync(long start, TimeSpan duration)
    {
        await Task.Yield();
        var buffer = new byte[64 * 1024];
        int calls = 0;
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            await CallAsync(buffer);
            calls++;
        }

        return calls;
    }

    private async Task CallAsync(byte[] buffer)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        using HttpResponseMessage response = await http.SendAsync(request, CancellationToken.None);
        using Stream stream = await response.Content.ReadAsStreamAsync();
        long received = 0;
        for (int read = 1; read > 0; received += read)
        {
            read = await stream.ReadAsync(buffer);
        }

        if (received != body.Length)
        {
            throw new InvalidOperationException($"'{address}' returned {received} bytes of {body.Length}.");
        }
    }
}
