using System.Net.Sockets;
using System.Text;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;

namespace Appliance.Engine.Access;

/// <summary>An HTTP client whose connections lead to ports of sandboxes, through their own networks.</summary>
public sealed class SandboxHttp : IDisposable
{
    private static readonly HttpRequestOptionsKey<TaskId> Task = new("task");
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    public SandboxHttp(SandboxNetworks networks) => Client = new HttpMessageInvoker(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = ConnectTime,
        PooledConnectionIdleTimeout = IdleTime,
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        ConnectCallback = async (context, cancellation) => new NetworkStream(
            await networks.ConnectAsync(TaskOf(context.InitialRequestMessage), context.DnsEndPoint.Port, cancellation), ownsSocket: true),
    });

    /// <summary>Requests need <see cref="Address"/> and <see cref="Mark"/>.</summary>
    public HttpMessageInvoker Client { get; }

    /// <summary>
    /// The host's name is the id in hexadecimal digits: connections are kept by name, names know no case, and no two
    /// sandboxes may share one.
    /// </summary>
    public static Uri Address(TaskId task, int port)
    {
        string digits = Convert.ToHexStringLower(Encoding.ASCII.GetBytes(task.Text));
        int half = digits.Length / 2;
        return new Uri($"http://t{digits[..half]}.t{digits[half..]}:{port}/");
    }

    public static void Mark(HttpRequestMessage request, TaskId task) => request.Options.Set(Task, task);

    public void Dispose() => Client.Dispose();

    private static TaskId TaskOf(HttpRequestMessage request) => request.Options.TryGetValue(Task, out TaskId task)
        ? task
        : throw new InvalidOperationException("The request is not marked with its task.");
}
