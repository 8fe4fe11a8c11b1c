using Grpc.Core;
using Grpc.Reflection.V1;

namespace Appliance.Admin.Reflection;

/// <summary>Server reflection, version v1: tells tools such as grpcurl what this server speaks.</summary>
public sealed class ReflectionV1Service(Lazy<DescriptorIndex> index) : ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream,
        IServerStreamWriter<ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            ServerReflectionRequest request = requestStream.Current;
            ServerReflectionResponse response = Answer(request);
            response.ValidHost = request.Host;
            response.OriginalRequest = request;
            await responseStream.WriteAsync(response, context.CancellationToken);
        }
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                var services = new ListServiceResponse();
                services.Service.AddRange(index.Value.ServiceNames.Select(name => new ServiceResponse { Name = name }));
                return new ServerReflectionResponse { ListServicesResponse = services };
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                return Answer(index.Value.FindFile(request.FileByFilename), $"File '{request.FileByFilename}' is not known here.");
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                return Answer(
                    index.Value.FindSymbol(request.FileContainingSymbol), $"Symbol '{request.FileContainingSymbol}' is not known here.");
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                return Error(StatusCode.NotFound, "The protocols spoken here have no extensions.");
            default:
                return Error(StatusCode.InvalidArgument, "The request asks for nothing: set one of its fields.");
        }
    }

    private static ServerReflectionResponse Answer(IReadOnlyList<Google.Protobuf.ByteString>? files, string absence)
    {
        if (files is null)
        {
            return Error(StatusCode.NotFound, absence);
        }

        var found = new FileDescriptorResponse();
        found.FileDescriptorProto.AddRange(files);
        return new ServerReflectionResponse { FileDescriptorResponse = found };
    }

    private static ServerReflectionResponse Error(StatusCode code, string message) =>
        new() { ErrorResponse = new ErrorResponse { ErrorCode = (int)code, ErrorMessage = message } };
}
