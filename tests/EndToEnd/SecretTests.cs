using System.Text;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Type = Appliance.Protos.Modal.ObjectCreationType;

namespace Appliance.Tests.EndToEnd;

/// <summary>Secrets and proxies, call by call.</summary>
public sealed class SecretTests
{
    private const string Value = "a value that must never show up";

    [Fact]
    public async Task GetOrCreate_EveryMode_DoesWhatItSays()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        Assert.Equal(StatusCode.NotFound, await FailAsync(server, Request("s", Type.Unspecified)));
        SecretGetOrCreateResponse made = await CallAsync(server, Request("s", Type.CreateIfMissing, "A"));
        Assert.Equal(("s", "first", "main"), (made.Metadata.Name, made.Metadata.CreationInfo.CreatedBy, made.Metadata.EnvironmentName));
        Assert.Equal(StatusCode.AlreadyExists, await FailAsync(server, Request("s", Type.CreateFailIfExists, "B")));
        Assert.Equal(made.ToByteString(), (await CallAsync(server, Request("s", Type.CreateIfMissing, "B"))).ToByteString());
        Assert.Equal(made.ToByteString(), (await CallAsync(server, Request("s", Type.Unspecified))).ToByteString());
        SecretGetOrCreateResponse replaced = await CallAsync(server, Request("s", Type.CreateOverwriteIfExists, "B", "C"));
        Assert.Equal(made.SecretId, replaced.SecretId);
        Assert.Equal(["B", "C"], replaced.Metadata.Keys);
        Assert.NotEqual(
            (await CallAsync(server, Request("", Type.Ephemeral, "A"))).SecretId, (await CallAsync(server, Request("", Type.Ephemeral, "A"))).SecretId);
        Assert.Equal(StatusCode.InvalidArgument, await FailAsync(server, Request("", Type.AnonymousOwnedByApp, "A")));
        SecretGetOrCreateRequest owned = Request("", Type.AnonymousOwnedByApp, "A");
        owned.AppId = "ap-0000000000000000000000";
        Assert.Empty((await CallAsync(server, owned)).Metadata.Name);
        Assert.Equal(StatusCode.InvalidArgument, await FailAsync(server, Request("bad name", Type.CreateIfMissing, "A")));
        Assert.Equal(StatusCode.InvalidArgument, await FailAsync(server, Request(new string('n', 65), Type.CreateIfMissing, "A")));
        Assert.Equal(StatusCode.InvalidArgument, await FailAsync(server, Request("t", Type.CreateIfMissing, "1A")));
        Assert.Equal(StatusCode.InvalidArgument, await FailAsync(server, Request("t", (Type)77, "A")));
        Assert.Equal("s", Assert.Single((await Client(server).SecretListAsync(new SecretListRequest(), server.Credentials)).Items).Label);
    }

    [Fact]
    public async Task GetOrCreate_RepeatedWithTheSameKey_IsDoneOnceAndOnlyForTheSameValues()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        global::Grpc.Core.Metadata headers = server.Credentials;
        headers.Add("x-idempotency-key", "once");

        SecretGetOrCreateResponse first = await Client(server).SecretGetOrCreateAsync(Request("s", Type.CreateFailIfExists, "A"), headers);
        SecretGetOrCreateResponse again = await Client(server).SecretGetOrCreateAsync(Request("s", Type.CreateFailIfExists, "A"), headers);

        Assert.Equal(first.ToByteString(), again.ToByteString());
        SecretGetOrCreateRequest other = Request("s", Type.CreateFailIfExists, "A");
        other.EnvDict["A"] = "another value";
        RpcException failure = await Assert.ThrowsAsync<RpcException>(async () => await Client(server).SecretGetOrCreateAsync(other, headers));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
    }

    [Fact]
    public async Task Values_AreNeitherOnDiskNorInTheLogNorInTheCommandLine()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path, "--log-level", "debug");
        SecretGetOrCreateResponse made = await CallAsync(server, Request("s", Type.CreateIfMissing, "A", "B"));
        var update = new SecretUpdateRequest { SecretId = made.SecretId };
        update.Updates.Add(new SecretUpdateRequest.Types.Update { Key = "C", Value = Value });
        update.Updates.Add(new SecretUpdateRequest.Types.Update { Key = "A" });
        await Client(server).SecretUpdateAsync(update, server.Credentials);
        update.Updates.Add(new SecretUpdateRequest.Types.Update { Key = "no-key", Value = Value });
        await Assert.ThrowsAsync<RpcException>(async () => await Client(server).SecretUpdateAsync(update, server.Credentials));
        SecretGetInfoResponse info = await Client(server).SecretGetInfoAsync(new SecretGetInfoRequest { SecretId = made.SecretId }, server.Credentials);
        Assert.Equal(["B", "C"], info.Metadata.Keys);
        string commandLine = await File.ReadAllTextAsync($"/proc/{server.Pid}/cmdline");

        (_, string log) = await server.StopAsync();

        Assert.DoesNotContain(Value, log + commandLine, StringComparison.Ordinal);
        foreach (string file in Directory.GetFiles(data.Path, "*", SearchOption.AllDirectories))
        {
            Assert.True((await File.ReadAllBytesAsync(file)).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Value)) < 0, file);
        }
    }

    [Fact]
    public async Task Start_WithoutTheKey_ServesEverythingButSecretsAndSaysSo()
    {
        using var data = new DataFolder();
        await using (PublishedAppliance first = await PublishedAppliance.StartAsync(data.Path))
        {
            await CallAsync(first, Request("s", Type.CreateIfMissing, "A"));
            await first.KillAsync();
        }

        string key = Path.Combine(data.Path, "secrets.key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        File.Delete(key);
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        RpcException failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync(server, Request("t", Type.CreateIfMissing, "A")));
        Assert.Equal(StatusCode.FailedPrecondition, failure.StatusCode);
        Assert.Contains("secrets.key', is missing", failure.Status.Detail, StringComparison.Ordinal);
        Assert.Single((await Client(server).SecretListAsync(new SecretListRequest(), server.Credentials)).Items);
        (_, string log) = await server.StopAsync();
        Assert.Contains("Secrets cannot be used", log, StringComparison.Ordinal);
        Assert.False(File.Exists(key));
    }

    [Fact]
    public async Task Proxies_AreNamesWithoutAddresses()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        ModalClient.ModalClientClient client = Client(server);
        await Assert.ThrowsAsync<RpcException>(async () => await client.ProxyGetAsync(new ProxyGetRequest { Name = "p" }, server.Credentials));

        Proxy made = (await client.ProxyCreateAsync(new ProxyCreateRequest { Name = "p" }, server.Credentials)).Proxy;

        Assert.Equal(made.ToByteString(), (await client.ProxyGetAsync(new ProxyGetRequest { Name = "p" }, server.Credentials)).Proxy.ToByteString());
        Assert.Equal(made.ToByteString(), Assert.Single((await client.ProxyListAsync(new Empty(), server.Credentials)).Proxies).ToByteString());
        var wanted = new ProxyGetOrCreateRequest { DeploymentName = "p", ObjectCreationType = Type.CreateIfMissing };
        Assert.Equal(made.ProxyId, (await client.ProxyGetOrCreateAsync(wanted, server.Credentials)).ProxyId);
        RpcException add = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.ProxyAddIpAsync(new ProxyAddIpRequest { ProxyId = made.ProxyId }, server.Credentials));
        Assert.Equal(StatusCode.Unimplemented, add.StatusCode);
        RpcException remove = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.ProxyRemoveIpAsync(new ProxyRemoveIpRequest { ProxyIp = "192.0.2.1" }, server.Credentials));
        Assert.Equal(StatusCode.NotFound, remove.StatusCode);
        await client.ProxyDeleteAsync(new ProxyDeleteRequest { ProxyId = made.ProxyId }, server.Credentials);
        Assert.Empty((await client.ProxyListAsync(new Empty(), server.Credentials)).Proxies);
    }

    private static ModalClient.ModalClientClient Client(PublishedAppliance server) => new(server.Channel);

    private static SecretGetOrCreateRequest Request(string name, Type type, params string[] keys)
    {
        var request = new SecretGetOrCreateRequest { DeploymentName = name, ObjectCreationType = type };
        foreach (string key in keys)
        {
            request.EnvDict.Add(key, Value);
        }

        return request;
    }

    private static async Task<SecretGetOrCreateResponse> CallAsync(PublishedAppliance server, SecretGetOrCreateRequest request) =>
        await Client(server).SecretGetOrCreateAsync(request, server.Credentials);

    private static async Task<StatusCode> FailAsync(PublishedAppliance server, SecretGetOrCreateRequest request) =>
        (await Assert.ThrowsAsync<RpcException>(() => CallAsync(server, request))).StatusCode;
}
