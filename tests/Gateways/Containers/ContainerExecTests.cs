using System.Text;
using Appliance.Gpus;
using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Appliance.Tests.Hosting;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Tests.Gateways.Containers;

/// <summary>Commands and files of containers as clients of before the command router ask for them.</summary>
public sealed class ContainerExecTests : IAsyncLifetime
{
    private InProcessServer server = null!;
    private string sandbox = "";
    private string task = "";

    public async Task InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            server = await InProcessServer.StartAsync(new GpuMachine());
            sandbox = await server.CreateAsync(new Protos.Modal.Resources(), "sleep 1000");
            var request = new SandboxGetTaskIdRequest { SandboxId = sandbox, Timeout = 30 };
            task = (await server.Client.SandboxGetTaskIdAsync(request, server.Credentials)).TaskId;
        }
    }

    public Task DisposeAsync() => (server?.DisposeAsync() ?? ValueTask.CompletedTask).AsTask();

    [RootFact]
    public async Task ACommand_IsStartedFedFollowedAndEnded_AndKnownAfterARestart()
    {
        string exec = await StartAsync("sh", "-c", "cat; echo oops >&2; exit 7");
        Assert.False((await WaitAsync(exec, 0)).Completed);
        await PutAsync(exec, 1, "one\n");
        await PutAsync(exec, 2, "tw\u00f6\n");
        await PutAsync(exec, 2, "tw\u00f6\n");
        await PutAsync(exec, 3, "", isEnd: true);

        ContainerExecWaitResponse end = await WaitAsync(exec, 30);
        Assert.Equal((true, 7), (end.Completed, end.ExitCode));
        Assert.Equal(("one\ntw\u00f6\n", 7), await ReadAsync(exec, FileDescriptor.Stdout, raw: false));
        Assert.Equal(("one\ntw\u00f6\n", 7), await ReadAsync(exec, FileDescriptor.Stdout, raw: true));
        Assert.Equal(("oops\n", 7), await ReadAsync(exec, FileDescriptor.Stderr, raw: true));
        Assert.Equal(("tw\u00f6\n", 7), await ReadAsync(exec, FileDescriptor.Stdout, raw: true, from: 4));
        await server.RestartAsync();
        Assert.Equal(("oops\n", 7), await ReadAsync(exec, FileDescriptor.Stderr, raw: false));
        RpcException late = await Assert.ThrowsAsync<RpcException>(() => PutAsync(exec, 4, "late"));
        Assert.Equal(StatusCode.FailedPrecondition, late.StatusCode);
    }

    [RootFact]
    public async Task WhatDoesNotExist_IsNotFound()
    {
        RpcException unknown = await Assert.ThrowsAsync<RpcException>(() => WaitAsync("nonsense", 0));
        Assert.Equal((StatusCode.NotFound, "There is no exec 'nonsense'."), (unknown.StatusCode, unknown.Status.Detail));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => WaitAsync($"{task}_0123", 0))).StatusCode);
        RpcException empty = await Assert.ThrowsAsync<RpcException>(() => StartAsync());
        Assert.Equal(StatusCode.InvalidArgument, empty.StatusCode);
    }

    [RootFact]
    public async Task AFile_IsWrittenWhenItIsClosed_AndFailuresComeAsNumbers()
    {
        string handle = await OpenAsync("/etc/motd", "w+");
        await DoAsync(new ContainerFilesystemExecRequest { FileWriteRequest = new() { FileDescriptor = handle, Data = ByteString.CopyFromUtf8("0123456789") } });
        await DoAsync(new ContainerFilesystemExecRequest { FileDeleteBytesRequest = new() { FileDescriptor = handle, StartInclusive = 2, EndExclusive = 4 } });
        await DoAsync(new ContainerFilesystemExecRequest
        {
            FileWriteReplaceBytesRequest = new() { FileDescriptor = handle, StartInclusive = 7, Data = ByteString.CopyFromUtf8("end") },
        });
        await DoAsync(new ContainerFilesystemExecRequest { FileSeekRequest = new() { FileDescriptor = handle, Offset = -3, Whence = SeekWhence.SeekEnd } });
        Assert.Equal("end", (await DoAsync(new ContainerFilesystemExecRequest { FileReadRequest = new() { FileDescriptor = handle } })).Output);
        await DoAsync(new ContainerFilesystemExecRequest { FileCloseRequest = new() { FileDescriptor = handle } });
        Assert.Equal(("0145678end", 0), await ReadAsync(await StartAsync("cat", "/etc/motd"), FileDescriptor.Stdout, raw: true));

        (_, SystemErrorMessage? closed) = await DoAsync(new ContainerFilesystemExecRequest { FileReadRequest = new() { FileDescriptor = handle } });
        Assert.Equal(SystemErrorCode.Inval, closed!.ErrorCode);
        (_, SystemErrorMessage? missing) = await DoAsync(new ContainerFilesystemExecRequest { FileLsRequest = new() { Path = "/nowhere" } });
        Assert.Equal(SystemErrorCode.Noent, missing!.ErrorCode);
        (_, SystemErrorMessage? negative) = await DoAsync(new ContainerFilesystemExecRequest
        {
            FileSeekRequest = new() { FileDescriptor = await OpenAsync("/etc/motd", "r"), Offset = -1, Whence = SeekWhence.SeekSet },
        });
        Assert.Equal(SystemErrorCode.Inval, negative!.ErrorCode);
        RpcException nothing = await Assert.ThrowsAsync<RpcException>(() => DoAsync(new ContainerFilesystemExecRequest()));
        Assert.Equal(StatusCode.InvalidArgument, nothing.StatusCode);
        RpcException mode = await Assert.ThrowsAsync<RpcException>(() => OpenAsync("/etc/motd", "rw"));
        Assert.Equal(StatusCode.InvalidArgument, mode.StatusCode);
    }

    private async Task<string> StartAsync(params string[] command) =>
        (await server.Client.ContainerExecAsync(new ContainerExecRequest { TaskId = task, Command = { command } }, server.Credentials)).ExecId;

    private async Task<ContainerExecWaitResponse> WaitAsync(string exec, float seconds) =>
        await server.Client.ContainerExecWaitAsync(new ContainerExecWaitRequest { ExecId = exec, Timeout = seconds }, server.Credentials);

    private async Task PutAsync(string exec, ulong index, string text, bool isEnd = false)
    {
        var message = new RuntimeInputMessage { Message = ByteString.CopyFromUtf8(text), MessageIndex = index, Eof = isEnd };
        await server.Client.ContainerExecPutInputAsync(new ContainerExecPutInputRequest { ExecId = exec, Input = message }, server.Credentials);
    }

    private async Task<(string Text, int? ExitCode)> ReadAsync(string exec, FileDescriptor stream, bool raw, ulong from = 0)
    {
        var request = new ContainerExecGetOutputRequest { ExecId = exec, FileDescriptor = stream, Timeout = 30, GetRawBytes = raw, LastBatchIndex = from };
        using AsyncServerStreamingCall<RuntimeOutputBatch> call = server.Client.ContainerExecGetOutput(request, server.Credentials);
        using var bytes = new MemoryStream();
        int? exit = null;
        await foreach (RuntimeOutputBatch batch in call.ResponseStream.ReadAllAsync())
        {
            foreach (RuntimeOutputMessage item in batch.Items)
            {
                bytes.Write(raw ? item.MessageBytes.Span : Encoding.UTF8.GetBytes(item.Message));
            }

            exit = batch.HasExitCode ? batch.ExitCode : exit;
        }

        return (Encoding.UTF8.GetString(bytes.ToArray()), exit);
    }

    private async Task<string> OpenAsync(string path, string mode)
    {
        var request = new ContainerFilesystemExecRequest { TaskId = task, FileOpenRequest = new() { Path = path, Mode = mode } };
        return (await server.Client.ContainerFilesystemExecAsync(request, server.Credentials)).FileDescriptor;
    }

    private async Task<(string Output, SystemErrorMessage? Failure)> DoAsync(ContainerFilesystemExecRequest request)
    {
        request.TaskId = task;
        string exec = (await server.Client.ContainerFilesystemExecAsync(request, server.Credentials)).ExecId;
        var ask = new ContainerFilesystemExecGetOutputRequest { ExecId = exec, Timeout = 30 };
        using AsyncServerStreamingCall<FilesystemRuntimeOutputBatch> call = server.Client.ContainerFilesystemExecGetOutput(ask, server.Credentials);
        string output = "";
        SystemErrorMessage? failure = null;
        bool hasEnded = false;
        await foreach (FilesystemRuntimeOutputBatch batch in call.ResponseStream.ReadAllAsync())
        {
            output += string.Concat(batch.Output.Select(part => part.ToStringUtf8()));
            failure = batch.Error ?? failure;
            hasEnded |= batch.Eof;
        }

        Assert.True(hasEnded);
        return (output, failure);
    }
}
